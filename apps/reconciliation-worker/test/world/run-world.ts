import { createWorld, disturbWebhooks } from "@receiver/simulation";
import { type Check, judgeWorld } from "./judge-world.ts";
import { type Played, playWorld } from "./play-world.ts";
import { readOutcome } from "./read-outcome.ts";
import { troubles, type Variant } from "./variant.ts";
import { openWorker } from "./worker.ts";
import { openWorldLedger } from "./world-ledger.ts";

export type WorldRun = { seed: number; files: number; variant: Variant; stepMs: number };

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
  const worker = await openWorker(open, {
    world: played.world,
    ledger: ledger.ledger,
    now: clock.now,
    asks: run.variant.api,
  });
  await playWorld(played, {
    ledger,
    tick: worker.tick,
    nextDue: ledger.ledger.lookUps.nextAt,
    setClock: clock.set,
    stepMs: run.stepMs,
    told,
  });
  const outcome = await readOutcome(databaseUrl);
  return {
    ...run,
    webhooks: countWebhooks(played),
    questions: worker.questions(),
    found: await worker.found(),
    checks: judgeWorld(played, outcome, new Date(time)),
    elapsedMs: performance.now() - startedAt,
  };
}

function imagine({ seed, files, variant }: WorldRun): Played {
  const world = createWorld({ seed: String(seed), files, startsAt: STARTS_AT });
  return { world, webhooks: disturbWebhooks(world, { seed: String(seed), ...troubles }), variant };
}

function countWebhooks({ webhooks }: Played): WorldReport["webhooks"] {
  const sent = webhooks.filter(({ dropped }) => !dropped);
  return {
    sent: sent.length,
    dropped: webhooks.length - sent.length,
    duplicated: sent.filter(({ duplicateOf }) => duplicateOf !== null).length,
    forged: sent.filter(({ forged }) => forged).length,
  };
}
