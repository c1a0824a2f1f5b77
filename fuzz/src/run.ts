import { setTimeout as pause } from "node:timers/promises";
import { ledgerChecks } from "./judge/check-ledger.ts";
import { ended, erring, growing, unshowable } from "./judge/check-processes.ts";
import { createJudge, type Judge } from "./judge/judge-answers.ts";
import type { Options } from "./options.ts";
import { drawInput, tokenOf } from "./plan/draw-input.ts";
import { inputKinds } from "./plan/input.ts";
import {
  type CheckResult,
  count,
  emptyTally,
  type Finding,
  type KindTally,
  type RunReport,
} from "./report/run-report.ts";
import { showProgress } from "./report/show-progress.ts";
import { sendAll } from "./send/send-all.ts";
import { startWorld, type World } from "./world/start-world.ts";
import { type MemoryWatch, watchMemory } from "./world/watch-memory.ts";

export type Run = {
  options: Options & { seed: number };
  env: NodeJS.ProcessEnv;
  /** For what the processes say. */
  folder: string;
  signal: AbortSignal;
  say(line: string): void;
};

/** Without anything being settled. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Starts the product, sends everything, waits until all is settled, and judges. Null: interrupted. */
export async function run({ options, env, folder, signal, say }: Run): Promise<RunReport | null> {
  const { seed, only } = options;
  const startedAt = Date.now();
  const indexes = only === undefined ? [...Array(options.bodies).keys()] : [only];
  say(`seed ${seed}: ${indexes.length} inputs`);
  const token = tokenOf(seed);
  const world = await startWorld({ token, env, folder, log: say });
  const memory = watchMemory(world.processes);
  const judge = createJudge();
  const tallies = new Map(inputKinds.map((kind) => [kind, emptyTally(kind)]));
  const findings: Finding[] = [];
  const standing = { sent: 0, doing: "sending" };
  const progress = showProgress(indexes.length, () => ({ ...standing, findings: findings.length }), say);
  const door = { host: world.ingressUrl.host, path: "/webhooks/danaya", token };
  const sendingSince = Date.now();
  try {
    await sendAll({
      ...{ url: world.ingressUrl, indexes, signal, draw: (index) => drawInput(seed, door, index) },
      leaving: judge.leaving,
      answered: (input, outcome) => {
        standing.sent += 1;
        count(tallies.get(input.kind) as KindTally, outcome);
        const wrong = judge.judge(input, outcome);
        if (wrong !== null) findings.push({ index: input.index, kind: input.kind, what: input.what, wrong });
      },
    });
    const sendingSeconds = (Date.now() - sendingSince) / 1_000;
    standing.doing = "settling";
    await untilSettled(world, signal);
    if (signal.aborted) return null;
    standing.doing = "checking";
    const checks = await runChecks(world, judge, memory);
    const ledger = await countLedger(world, judge);
    const kinds = [...tallies.values()].filter(({ sent }) => sent > 0);
    const seconds = (Date.now() - startedAt) / 1_000;
    return {
      seed,
      bodies: indexes.length,
      sendingSeconds,
      seconds,
      kinds,
      findings,
      checks,
      memory: memory.samples,
      ledger,
    };
  } finally {
    progress.stop();
    await memory.stop();
    await world.stop();
  }
}

const UNSETTLED = `select (select count(*) from deliveries where status = 'pending')::int
  + (select count(*) from notifications where status = 'pending')::int as count`;

/** Gives up when nothing moves any more: the checks will say what is left. */
async function untilSettled({ services }: World, signal: AbortSignal): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  let giveUpAt = 0;
  while (!signal.aborted) {
    const [{ count: left } = { count: 0 }] = await services.query<{ count: number }>(UNSETTLED);
    if (left < fewest) giveUpAt = Date.now() + PATIENCE_MS;
    fewest = Math.min(fewest, left);
    if (left === 0 || Date.now() > giveUpAt) return;
    await pause(LOOK_EVERY_MS);
  }
}

async function runChecks(world: World, { stored }: Judge, memory: MemoryWatch): Promise<CheckResult[]> {
  const { query } = world.services;
  const ofLedger = Object.entries(ledgerChecks).map(async ([name, { holds, check }]) => {
    return { name, holds, offenders: await check({ query, stored }) };
  });
  return [
    ...(await Promise.all(ofLedger)),
    { name: "shown", holds: "an operator can look at what came of it", offenders: await unshowable(world) },
    { name: "processes", holds: "all run that ran at the beginning", offenders: ended(world) },
    { name: "errors", holds: "no process logged an error", offenders: erring(world) },
    { name: "memory", holds: "no process' memory grows", offenders: growing(memory.samples) },
  ];
}

async function countLedger({ services }: World, { stored }: Judge): Promise<RunReport["ledger"]> {
  const [{ count: files } = { count: 0 }] = await services.query<{ count: number }>(
    "select count(*)::int as count from client_files",
  );
  const messages = [...stored.values()].filter(({ isMessage }) => isMessage).length;
  return { deliveries: stored.size, messages, files };
}
