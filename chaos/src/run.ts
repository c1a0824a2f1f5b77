import { setTimeout as pause } from "node:timers/promises";
import { runChecks } from "./checks/all-checks.ts";
import { pending } from "./checks/at-rest.ts";
import type { Evidence } from "./checks/check.ts";
import type { Options } from "./options.ts";
import { planFaults } from "./plan/plan-faults.ts";
import { planTraffic } from "./plan/plan-traffic.ts";
import { emptyCorrespondence, postAll } from "./play/post-all.ts";
import { type Settlement, watchSettlement } from "./play/settlement.ts";
import { type Struck, strike } from "./play/strike.ts";
import { type RunReport, reportOf } from "./report/run-report.ts";
import { showProgress } from "./report/show-progress.ts";
import { startWorld } from "./world/start-world.ts";

export type Run = {
  seed: number;
  options: Options;
  env: NodeJS.ProcessEnv;
  /** For what the processes say. */
  folder: string;
  signal: AbortSignal;
  say(line: string): void;
};

/** Without anything being settled. BullMQ takes a killed worker's jobs over after half a minute. */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 500;
/** A fault is told of as healed by the look after the one that saw it. */
const LAST_LOOK_MS = 1_000;

/** One seed: starts the product, sends and breaks, waits until all is quiet, and judges. Null: interrupted. */
export async function run({ seed, options, env, folder, signal, say }: Run): Promise<RunReport | null> {
  const startedAt = Date.now();
  const forMs = options.minutes * 60_000;
  const plan = planFaults({ seed, kinds: options.faults, forMs, gapMs: options.gap * 1_000 });
  const traffic = planTraffic({ seed, count: Math.round((options.rate * forMs) / 1_000) });
  say(`seed ${seed}: ${plan.length} faults, ${traffic.postings.length} postings of ${traffic.stories.length} files`);

  const world = await startWorld({ seed, env, folder, log: say });
  const { query } = world.services.postgres;
  const settlement = watchSettlement(query);
  const correspondence = emptyCorrespondence();
  const struck: Struck[] = [];
  // Ctrl-C in a terminal reaches the processes, too: they are not to be started again.
  signal.addEventListener("abort", () => void world.stopProduct(), { once: true });
  const look = () => standingOf(correspondence, settlement, struck);
  const progress = showProgress({ faults: plan.length, look, say, isAlone: options.atOnce === 1 });
  try {
    const perSecond = (traffic.postings.length * 1_000) / forMs;
    const { postings } = traffic;
    const posting = { seed, postings, urls: world.webhookUrls, perSecond, signal, taken: settlement.answered };
    await Promise.all([postAll(posting, correspondence), strike({ plan, world, settlement, signal }, struck)]);
    const evidence: Evidence = { ...world, traffic, correspondence, query };
    await untilQuiet(evidence, settlement, signal);
    progress.stop();
    if (signal.aborted) return null;
    await settlement.stop();
    await world.stopProduct();
    say("checking");
    const checks = await runChecks(evidence);
    return reportOf({ seed, seconds: (Date.now() - startedAt) / 1_000, correspondence, struck, checks });
  } finally {
    progress.stop();
    await settlement.stop();
    await world.stop();
  }
}

const standingOf = (
  { requests, notAnswered }: ReturnType<typeof emptyCorrespondence>,
  settlement: Settlement,
  struck: readonly Struck[],
) => ({
  faults: struck.length,
  requests,
  unsettled: settlement.unsettled(),
  notAnswered: [...notAnswered.values()].reduce((sum, count) => sum + count, 0),
});

/** Gives up when nothing moves any more: the checks will say what is left. */
async function untilQuiet(evidence: Evidence, settlement: Settlement, signal: AbortSignal): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  let giveUpAt = 0;
  while (!signal.aborted) {
    const left = settlement.unsettled() + (await pending(evidence)).length;
    if (left < fewest) giveUpAt = Date.now() + PATIENCE_MS;
    fewest = Math.min(fewest, left);
    if (left === 0 || Date.now() > giveUpAt) break;
    await pause(LOOK_EVERY_MS);
  }
  await pause(LAST_LOOK_MS);
}
