import type { Webhook, World } from "@receiver/simulation";
import type { Variant } from "./variant.ts";
import { AT_ONCE, type WorldLedger } from "./world-ledger.ts";

export type Played = {
  world: World;
  /** In the order of sending; those that were dropped, too. */
  webhooks: readonly Webhook[];
  variant: Variant;
};

export type PlayTools = {
  ledger: WorldLedger;
  /** Everything that the clock does, at the time that it is set to. */
  tick(): Promise<void>;
  /** The next time at which the ledger has something to do. */
  nextDue(): Promise<Date | null>;
  setClock(time: number): void;
  told(shareDone: number): void;
  /** What happens within so long happens at its end. */
  stepMs: number;
};

const DAY_MS = 86_400_000;
/** A reversal whose webhook is lost is found a week after the decision at the latest. */
const AFTER_THE_END_MS = 9 * DAY_MS;
/** The upload call answers before Danaya sends anything. */
const REGISTERED_AFTER_MS = 1_000;

type Act = { at: number; key: string; run(now: Date): Promise<unknown> };

/** Plays all days of a world in the order of its clock, without waiting for any of them. */
export async function playWorld(played: Played, tools: PlayTools): Promise<void> {
  const acts = actsOf(played, tools).sort((a, b) => a.at - b.at);
  const { startsAt, endsAt } = played.world;
  const last = endsAt + AFTER_THE_END_MS;
  for (let [time, next] = [startsAt, 0]; time <= last; ) {
    tools.setClock(time);
    const due = acts.slice(next, indexAfter(acts, next, time));
    next += due.length;
    await carryOut(due, new Date(time));
    await tools.tick();
    tools.told((time - startsAt) / (last - startsAt));
    time = nextMoment({ time, stepMs: tools.stepMs }, acts[next]?.at ?? last + 1, await tools.nextDue());
  }
}

function actsOf({ world, webhooks, variant }: Played, { ledger }: PlayTools): Act[] {
  const sent = webhooks.filter(({ dropped }) => !dropped);
  const deliveries = sent.map(({ sendAt, fileUuid, body }) => ({
    at: sendAt,
    key: fileUuid,
    run: (now: Date) => ledger.deliver(body, now),
  }));
  if (variant.uploads === "none") return deliveries;
  const registrations = world.files.map(({ openedAt, companyId, fileUuid, externalId }) => ({
    at: openedAt + REGISTERED_AFTER_MS,
    key: fileUuid,
    run: (now: Date) => ledger.ledger.clientFiles.register({ companyId, fileUuid, externalId }, { actor: "bank", now }),
  }));
  return [...registrations, ...deliveries];
}

function indexAfter(acts: readonly Act[], from: number, time: number): number {
  let index = from;
  while (index < acts.length && (acts[index] as Act).at <= time) index += 1;
  return index;
}

/** Those of one file in their order; of several files at once. */
async function carryOut(acts: readonly Act[], now: Date): Promise<void> {
  const byFile = [...Map.groupBy(acts, ({ key }) => key).values()];
  const work = async () => {
    for (let own = byFile.pop(); own; own = byFile.pop()) for (const act of own) await act.run(now);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

const nextMoment = ({ time, stepMs }: { time: number; stepMs: number }, nextAct: number, due: Date | null): number => {
  // Once a day at least, for what time alone brings about.
  const soonest = Math.min(nextAct, due?.getTime() ?? Number.POSITIVE_INFINITY, time + DAY_MS);
  return Math.max(time + 1_000, Math.ceil(soonest / stepMs) * stepMs);
};
