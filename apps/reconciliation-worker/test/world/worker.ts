import { openDanayaApi } from "@receiver/danaya-api";
import type { Ledger } from "@receiver/ledger";
import { createLogger, createMetrics } from "@receiver/runtime";
import { serveWorld, type World } from "@receiver/simulation";
import { createAsking } from "../../src/ask/create-asking.ts";
import { createClock } from "../../src/by-the-clock/create-clock.ts";
import { defaultStallLimits } from "../../src/by-the-clock/stall-limits.ts";
import { apiTroubles } from "./variant.ts";

const credentials = { apiKey: "world", apiSecret: "world" };
const loopback = [{ address: "127.0.0.0", prefix: 8, family: "ipv4" as const }];
/** The clock is the world's: it is no limit in it. */
const gate = { perSecond: 10_000, opensAfter: 5, closedMs: { first: 30_000, most: 600_000 } };

type Options = { world: World; ledger: Ledger; now(): number; asks: boolean };

/** What the reconciliation-worker does by the clock, with a Danaya to ask or without. */
export async function openWorker(open: AsyncDisposableStack, { world, ledger, now, asks }: Options) {
  const danaya = await serveWorld(world, { ...credentials, now, troubles: apiTroubles });
  open.defer(danaya.close);
  const clock = () => new Date(now());
  const api = openDanayaApi({ ...credentials, baseUrl: danaya.url, outgoingAllow: loopback, now: clock });
  open.defer(api.close);
  const metrics = createMetrics({ app: "world" });
  const tools = {
    ...{ ledger, metrics, now: clock, tell: async () => undefined },
    logger: createLogger({ app: "world", level: "error" }),
    stopping: new AbortController().signal,
  };
  const ask = asks ? createAsking({ ...tools, api }, { gate }) : async () => undefined;
  const look = createClock(tools, { limits: defaultStallLimits });
  return {
    tick: async () => {
      await Promise.all([ask(), ask()]); // two lanes: they meet at the gate, as the eight of the process do
      await look();
    },
    questions: () => [...danaya.requests().values()].reduce((sum, times) => sum + times, 0),
    /** States that no webhook had told. */
    found: async () => countIn(await metrics.registry.metrics(), "receiver_missed_deliveries_total"),
  };
}

const countIn = (text: string, name: string): number =>
  [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, "gm"))].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
