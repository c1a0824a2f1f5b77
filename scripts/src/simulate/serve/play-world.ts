import { once } from "node:events";
import {
  createWorld,
  disturbWebhooks,
  errorCodeOf,
  type Outcome,
  postDelivery,
  type ServedWorld,
  sendWhenDue,
  serveWorld,
  type Webhook,
  type World,
} from "@receiver/simulation";
import { masked } from "../find-ingress.ts";
import { showProgress } from "../show-progress.ts";
import { allTaken, summarise } from "../summarise.ts";
import { CantServe } from "./cant-serve.ts";
import { describeAccess, describeRegistered, describeTruth } from "./describe-world.ts";
import type { ServeOptions } from "./options.ts";
import { openRegistrar, type Registrar } from "./register-uploads.ts";
import { waitForIngress } from "./wait-for-ingress.ts";

type Say = (line: string) => void;
/** A webhook that goes out, or an upload that is registered. */
type Step = { at: number; take: () => Promise<void> };

const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const TEN_DAYS_MS = 10 * 86_400_000;
const HOUR_MS = 3_600_000;
const AT_A_TIME = 64;
/** Of a stand-in that only this machine reaches. */
const credentials = { apiKey: "simulated-key", apiSecret: "simulated-secret" };

/**
 * Serves the API of a world that begins now, and posts its webhooks. Resolves with the exit code.
 * @throws CantServe
 */
export async function playWorld(options: ServeOptions, say: Say): Promise<number> {
  const interrupted = new AbortController();
  // A second one ends the process at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  for (const line of describeAccess({ url: `http://127.0.0.1:${options.port}`, ...credentials })) say(line);
  const webhookUrl = await waitForIngress(options, { say, interrupted: interrupted.signal });
  if (webhookUrl === null) return EXIT_INTERRUPTED;

  const registrar = options.register ? openRegistrar(process.env) : null;
  const seed = options.seed ?? new Date().toISOString();
  const { world, webhooks } = imagine(options, seed, Date.now());
  const served = await serve(world, options, seed);
  try {
    say(`posting the webhooks of ${options.files} files to ${masked(webhookUrl)} until ${iso(world.endsAt)}`);
    say(`--seed ${seed} invents the same files again`);
    const outcomes = await play({ world, webhooks, webhookUrl, registrar, signal: interrupted.signal, say });
    for (const line of registrar ? describeRegistered(registrar, world.files.length) : []) say(line);
    if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
    for (const line of describeTruth(world, webhooks, served.url)) say(line);
    if (!options.once) await untilInterrupted(served, interrupted.signal, say);
    return allTaken(outcomes) && (registrar?.failures().size ?? 0) === 0 ? 0 : 1;
  } finally {
    await served.close();
  }
}

function imagine(options: ServeOptions, seed: string, startsAt: number): { world: World; webhooks: Webhook[] } {
  const { files, speed, drop, duplicates, disorder, forged, bursts } = options;
  const world = createWorld({ seed, files, startsAt, spanMs: TEN_DAYS_MS / speed });
  const webhooks = disturbWebhooks(world, {
    seed,
    dropPercent: drop,
    duplicatePercent: duplicates,
    disorderPercent: disorder,
    forgedPercent: forged,
    ...(bursts && { burst: { everyMs: (4 * HOUR_MS) / speed, heldMs: HOUR_MS / speed } }),
  });
  return { world, webhooks };
}

async function serve(world: World, options: ServeOptions, seed: string): Promise<ServedWorld> {
  const { port, slow, errors, busy, wrongJson } = options;
  const troubles = { seed, slowPercent: slow, errorPercent: errors, busyPercent: busy, wrongJsonPercent: wrongJson };
  try {
    return await serveWorld(world, { now: Date.now, ...credentials, troubles, port });
  } catch (thrown) {
    throw new CantServe(`can't listen on port ${port} (${errorCodeOf(thrown)}); give another one with --port`);
  }
}

type Playing = {
  world: World;
  webhooks: readonly Webhook[];
  webhookUrl: string;
  registrar: Registrar | null;
  signal: AbortSignal;
  say: Say;
};

async function play({ world, webhooks, webhookUrl, registrar, signal, say }: Playing): Promise<Outcome[]> {
  const sent = webhooks.filter(({ dropped }) => !dropped);
  const outcomes: Outcome[] = [];
  const progress = showProgress(sent.length, say);
  const posts = sent.map(
    (webhook): Step => ({
      at: webhook.sendAt,
      take: async () => {
        const outcome = await postDelivery(webhookUrl, webhook);
        outcomes.push(outcome);
        progress.answered(webhook, outcome);
      },
    }),
  );
  const uploads = registrar
    ? world.files.map((file): Step => ({ at: file.openedAt, take: () => registrar.register(file) }))
    : [];
  const steps = [...uploads, ...posts].sort((a, b) => a.at - b.at);

  const startedAt = Date.now();
  await sendWhenDue(steps, ({ take }) => take(), {
    dueInMs: ({ at }) => at - startedAt,
    concurrency: AT_A_TIME,
    signal,
  });
  progress.stop();
  say(`\n${summarise({ planned: sent.length, elapsedMs: Date.now() - startedAt, outcomes })}\n`);
  return outcomes;
}

async function untilInterrupted({ url }: ServedWorld, signal: AbortSignal, say: Say): Promise<void> {
  say(`the API stays up at ${url}; end it with Ctrl-C`);
  if (!signal.aborted) await once(signal, "abort");
}

const iso = (ms: number): string => new Date(ms).toISOString();
