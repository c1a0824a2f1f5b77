import { randomBytes } from "node:crypto";
import { type Ledger, openLedger } from "@receiver/ledger";
import { startApp } from "@receiver/runtime";
import { createDatabase, startProxy } from "@receiver/testing";
import { config } from "../src/config.ts";
import { startIngress } from "../src/start-ingress.ts";
import { captureLog } from "./ingress-under-test.ts";

export type RunningIngress = {
  url: string;
  metricsUrl: string;
  token: string;
  /** The way from the ingress to its Postgres; the ledger has another. */
  postgres: Awaited<ReturnType<typeof startProxy>>;
  ledger: Ledger;
  log: ReturnType<typeof captureLog>;
  post(body: string | Uint8Array, headers?: Record<string, string>): Promise<{ status: number; answer: Answer }>;
  stop(): Promise<void>;
};
type Answer = { disposition: string; deliveryId: string; code: string; problems: { path: string; message: string }[] };

/** The ingress as it runs, on a database of its own that can be taken away. */
export async function runIngress(env: Record<string, string> = {}): Promise<RunningIngress> {
  const database = await createDatabase();
  const postgres = await startProxy(database.url);
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test" });
  const log = captureLog();
  const token = randomBytes(24).toString("base64url");
  const app = await startApp({
    name: "ingress",
    env: {
      DATABASE_URL: postgres.url,
      PORT: "0",
      DANAYA_WEBHOOK_TOKENS: token,
      LOG_LEVEL: "debug",
      ...env,
    },
    config,
    start: startIngress,
    destination: log.destination,
  });
  const { url = "", metricsUrl } = app.urls;
  return {
    url,
    metricsUrl,
    token,
    postgres,
    ledger,
    log,
    post: async (body, headers = { "content-type": "application/json" }) => {
      const answer = await fetch(`${url}/webhooks/danaya/${token}`, {
        method: "POST",
        body: Buffer.from(body),
        headers,
      });
      return { status: answer.status, answer: (await answer.json()) as Answer };
    },
    stop: async () => {
      await app.stop();
      await ledger.close();
      await postgres.close();
      await database.drop();
    },
  };
}
