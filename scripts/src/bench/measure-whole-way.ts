import { createServer } from "node:http";
import { openLedger } from "@receiver/ledger";
import { interleave, tellStories } from "@receiver/simulation";
import { postStories } from "./post-stories.ts";
import { type Quantiles, quantilesOf } from "./quantiles.ts";
import type { Ground } from "./servers.ts";
import { untilSettled } from "./until-settled.ts";

export type WholeWay = {
  deliveries: number;
  answered: Quantiles;
  /** From its receipt to the commit that applied it. */
  applied: Quantiles;
  /** From that commit to the subscriber's 200. */
  told: Quantiles;
  notifications: number;
  /** Answered otherwise than 2xx. */
  failed: number;
  /** Answered 2xx and not applied, or not told. */
  lost: number;
};
export type WholeWayOptions = {
  ground: Ground;
  webhookUrl: string;
  rate: number;
  seconds: number;
  signal: AbortSignal;
};

/** Slow answers lower the rate only where more than so many are under way. */
const UNDER_WAY = 512;

/** Posts stories of files at a fixed rate, and reads from the ledger when each step was taken. */
export async function measureWholeWay(options: WholeWayOptions): Promise<WholeWay> {
  const { ground, webhookUrl, rate, seconds, signal } = options;
  await using endpoint = await subscribe(ground.databaseUrl);
  const wanted = rate * seconds;
  const bodies = interleave(tellStories({ seed: "whole way", files: wanted, endsAt: Date.now() })).slice(0, wanted);
  const schedule = { perSecond: rate, concurrency: UNDER_WAY, signal };
  const { outcomes, taken } = await postStories(webhookUrl, bodies, schedule);
  await untilSettled(ground.query, signal);
  const applied = await milliseconds(ground, "settled_at - received_at", "deliveries where status = 'applied'");
  const told = await milliseconds(ground, "settled_at - created_at", "notifications where status = 'delivered'");
  const [row] = await ground.query<{ failed: number }>(
    "select count(*)::integer as failed from notifications where status = 'failed'",
  );
  return {
    deliveries: bodies.length,
    answered: quantilesOf(outcomes.map(({ latencyMs }) => latencyMs)),
    applied: quantilesOf(applied),
    told: quantilesOf(told),
    notifications: endpoint.heard(),
    failed: outcomes.length - taken,
    lost: Math.max(0, taken - applied.length) + (row?.failed ?? 0),
  };
}

async function milliseconds({ query }: Ground, span: string, of: string): Promise<number[]> {
  const rows = await query<{ ms: number }>(`select (extract(epoch from ${span}) * 1000)::float8 as ms from ${of}`);
  return rows.map(({ ms }) => ms);
}

/** A subscriber that wants everything and answers at once. */
async function subscribe(databaseUrl: string) {
  let heard = 0;
  const server = createServer((request, response) => {
    heard += 1;
    request.resume().once("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : null;
  const ledger = openLedger({ databaseUrl, applicationName: "bench" });
  await ledger.subscribers.create(
    {
      name: "bench",
      kind: "http",
      url: `http://127.0.0.1:${port}/`,
      types: ["*"],
      companies: null,
      audience: "operations",
    },
    { actor: "bench", now: new Date() },
  );
  await ledger.close();
  return {
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
