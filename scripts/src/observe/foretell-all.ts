import type { Answer, Ledger, PendingFilter } from "@receiver/ledger";
import { type ForetoldFile, filesOf } from "../replay/foretell.ts";

type Foretold = Answer<Ledger["deliveries"]["foretellPending"]>;
type Sighting = Foretold["drift"][number];
/** Of each name, how many of the deliveries bear it. */
type ForetoldDrift = Pick<Sighting, "kind" | "messageType" | "name" | "deliveryId"> & {
  firstSeenAt: string;
  lastSeenAt: string;
  count: number;
};

export type Observed = Omit<Foretold, "changes" | "drift"> & { files: ForetoldFile[]; drift: ForetoldDrift[] };

/** What would come of the pending deliveries: of each file once, and of each unknown name. */
export async function foretellAll(
  { deliveries }: { deliveries: Pick<Ledger["deliveries"], "foretellPending"> },
  filter: PendingFilter,
  now: Date,
): Promise<Observed> {
  const { changes, drift, ...rest } = await deliveries.foretellPending(filter, now);
  return { ...rest, files: filesOf(changes), drift: driftOf(drift) };
}

function driftOf(sighted: readonly Sighting[]): ForetoldDrift[] {
  const byTime = sighted.toSorted((a, b) => a.seenAt.getTime() - b.seenAt.getTime());
  const groups = Map.groupBy(byTime, ({ kind, messageType, name }) => `${kind} ${messageType} ${name}`);
  return [...groups.values()].map((group) => {
    const [first, last] = [group[0] as Sighting, group.at(-1) as Sighting];
    const { seenAt, ...named } = first;
    return {
      ...named,
      firstSeenAt: seenAt.toISOString(),
      lastSeenAt: last.seenAt.toISOString(),
      count: group.length,
    };
  });
}
