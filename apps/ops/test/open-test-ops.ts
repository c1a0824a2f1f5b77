import { randomUUID } from "node:crypto";
import { classify } from "@receiver/contracts";
import { openLedger } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import { chooseBackend, createProducer } from "@receiver/queues";
import { createLogger, createMetrics } from "@receiver/runtime";
import { createDatabase } from "@receiver/testing";
import type { InjectOptions } from "fastify";
import { expect } from "vitest";
import type { User } from "../src/authentication/user-list.ts";
import { buildOps } from "../src/build-ops.ts";
import { credentialOf } from "./credential-of.ts";

export const NOW = new Date("2026-11-22T12:00:00Z");

async function testUsers(): Promise<User[]> {
  return [
    { name: "ada", role: "operator", credential: await credentialOf("operator-password") },
    { name: "vic", role: "viewer", credential: await credentialOf("viewer-password") },
  ];
}

export const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
const asOperator = { authorization: basic("ada", "operator-password") };
const asViewer = { authorization: basic("vic", "viewer-password") };

type Options = {
  redisUrl?: string;
  publicUrl?: string;
  trustedProxies?: string[];
  now?: () => Date;
  /** The way to the database, from its URL to the one that is used. */
  reach?: (databaseUrl: string) => Promise<string>;
};
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Ops on a database of its own; its queues live there too unless the test brings a Redis. */
export async function openTestOps({ redisUrl, publicUrl, trustedProxies = [], now = () => NOW, reach }: Options = {}) {
  const database = await createDatabase();
  const databaseUrl = reach ? await reach(database.url) : database.url;
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ app: "ops", level: "debug", destination });
  const inbox = openInbox({ databaseUrl: database.url, applicationName: "test" });
  const ledger = openLedger({ databaseUrl, applicationName: "test", rules: { confirm: "never", lookUps: null } });
  const producer = createProducer(chooseBackend({ redisUrl, databaseUrl }), logger);
  const metrics = createMetrics({ app: "ops" });
  const users = await testUsers();
  const app = await buildOps({ ledger, producer, users, trustedProxies, publicUrl, logger, metrics, now });

  const as = (headers: Record<string, string>) => async (method: Method, url: string, body?: object) => {
    const options: InjectOptions = { method, url, headers, ...(body && { payload: body }) };
    const response = await app.inject(options);
    const isJson = /json/.test(String(response.headers["content-type"]));
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: isJson ? response.json() : null,
    };
  };
  const receive = async (body: Uint8Array, receivedAt = NOW) => inbox.receive(incoming(body, receivedAt));

  return {
    app,
    inbox,
    ledger,
    producer,
    metrics,
    database,
    /** Lines of the log. */
    lines,
    operator: as(asOperator),
    viewer: as(asViewer),
    nobody: as({}),
    as,
    receive,
    /** Receives and applies, as ingress and worker do. @returns the delivery's id */
    deliver: async (body: Uint8Array): Promise<string> => {
      await receive(body);
      await ledger.applyDelivery(deliveryIdOf(body), NOW);
      return deliveryIdOf(body);
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await producer.close();
      await inbox.close();
      await ledger.close();
      await database.drop();
    },
  };
}
export type TestOps = Awaited<ReturnType<typeof openTestOps>>;

function incoming(body: Uint8Array, receivedAt: Date) {
  const classification = classify(body);
  if (classification.kind === "not-json") throw new Error("the ingress refuses what is not JSON");
  const { type, companyId } = classification.kind === "message" ? classification.message : classification;
  const problems = classification.kind === "message" ? [] : classification.problems;
  return { id: deliveryIdOf(body), body, type, companyId, receivedAt, receiptId: randomUUID(), problems };
}

/** What every refusal has, whatever it refuses. */
export const problem = (status: number, code: string) => ({
  type: "about:blank",
  title: expect.any(String),
  status,
  code,
  detail: expect.any(String),
});
