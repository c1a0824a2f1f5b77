import { openDanayaApi } from "@receiver/danaya-api";
import { createLogger, createMetrics } from "@receiver/runtime";
import { createWorld, disturbWebhooks, serveWorld, type World } from "@receiver/simulation";
import { createAsking } from "../../src/ask/create-asking.ts";
import { type Check, judgeWorld } from "./judge-world.ts";
import { type Played, playWorld } from "./play-world.ts";
import { readOutcome } from "./read-outcome.ts";
import { apiTroubles, troubles, type Variant } from "./variant.ts";
import { openWorldLedger, type WorldLedger } from "./world-ledger.ts";

export type WorldRun = { seed: number; files: number; variant: Variant };

export type WorldReport = WorldRun & {
  webhooks: { sent: number; dropped: number; duplicated: number; forged: number };
  questions: number;
  /** States that no webhook had told. */
  found: number;
  elapsedMs: number;
  checks: Check[];
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The documented table. */
const lookUps = {
  openAfterMs: [2, 10, 30, 120, 720, ...Array.from({ length: 10 }, (_, day) => (day + 1) * 1_440)].map(
    (minutes) => minutes * MINUTE_MS,
  ),
  decidedAfterMs: [1, 3, 7, 30].map((days) => days * DAY_MS),
};
const STARTS_AT = Date.parse("2026-01-05T08:00:00Z");
const credentials = { apiKey: "world", apiSecret: "world" };
/** The clock is the world's: it is no limit in it. */
const gate = { perSecond: 10_000, opensAfter: 5, closedMs: { first: 30_000, most: 600_000 } };

/** Plays one world on an empty database and judges what came of it. */
export async function runWorld(
  databaseUrl: string,
  run: WorldRun,
  told: (shareDone: number) => void = () => undefined,
): Promise<WorldReport> {
  const startedAt = performance.now();
  await using open = new AsyncDisposableStack();
  const played = imagine(run);
  const ledger = await openWorldLedger(databaseUrl, {
    confirm: run.variant.api ? "decisions" : "never",
    lookUps: run.variant.api ? lookUps : null,
  });
  open.defer(ledger.close);
  let time = STARTS_AT;
  const clock = {
    now: () => time,
    set: (to: number) => {
      time = to;
    },
  };
  const asking = run.variant.api ? await openAsking(open, played.world, { ledger, clock }) : null;
  await playWorld(played, {
    ledger,
    tick: async () => asking?.ask(),
    nextDue: ledger.ledger.lookUps.nextAt,
    setClock: clock.set,
    told,
  });
  const outcome = await readOutcome(databaseUrl);
  return {
    ...run,
    webhooks: countWebhooks(played),
    questions: asking?.questions() ?? 0,
    found: (await asking?.found()) ?? 0,
    checks: judgeWorld(played, outcome, new Date(time)),
    elapsedMs: performance.now() - startedAt,
  };
}

function imagine({ seed, files, variant }: WorldRun): Played {
  const world = createWorld({ seed: String(seed), files, startsAt: STARTS_AT });
  return { world, webhooks: disturbWebhooks(world, { seed: String(seed), ...troubles }), variant };
}

type Clock = { now(): number };

async function openAsking(
  open: AsyncDisposableStack,
  world: World,
  { ledger, clock }: { ledger: WorldLedger; clock: Clock },
) {
  const now = () => new Date(clock.now());
  const danaya = await serveWorld(world, { ...credentials, now: clock.now, troubles: apiTroubles });
  open.defer(danaya.close);
  const outgoingAllow = [{ address: "127.0.0.0", prefix: 8, family: "ipv4" as const }];
  const api = openDanayaApi({ ...credentials, baseUrl: danaya.url, outgoingAllow, now });
  open.defer(api.close);
  const metrics = createMetrics({ app: "world" });
  const logger = createLogger({ app: "world", level: "error" });
  const stopping = new AbortController().signal;
  const tell = async () => undefined;
  const ask = createAsking({ ledger: ledger.ledger, api, tell, logger, metrics, now, stopping }, { gate });
  return {
    ask,
    questions: () => [...danaya.requests().values()].reduce((sum, times) => sum + times, 0),
    found: async () => countIn(await metrics.registry.metrics(), "receiver_missed_deliveries_total"),
  };
}

const countIn = (text: string, name: string): number =>
  [...text.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, "gm"))].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );

function countWebhooks({ webhooks }: Played): WorldReport["webhooks"] {
  const sent = webhooks.filter(({ dropped }) => !dropped);
  return {
    sent: sent.length,
    dropped: webhooks.length - sent.length,
    duplicated: sent.filter(({ duplicateOf }) => duplicateOf !== null).length,
    forged: sent.filter(({ forged }) => forged).length,
  };
}
