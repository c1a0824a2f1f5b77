import { type Delivery, disturb, interleave, tellStories } from "@receiver/simulation";
import type { Options } from "./options.ts";
import { deliveriesOfCase, deliveryOfFile, documentedDeliveries, knownCases } from "./read-fixtures.ts";

export type Plan = {
  deliveries: Delivery[];
  perSecond: number | null;
  concurrency: number;
  /** What to tell the operator about it. */
  note: string | null;
};

/** What to tell the operator instead of a stack. */
export class NothingToSend extends Error {
  override readonly name = "NothingToSend";
}

const DEFAULT_RATE = 50;
/** Enough for thousands per second at a few milliseconds each. */
const STORIES_AT_A_TIME = 64;
/** When stories end whose seed is no time: before any clock that they may meet. */
const FIXED_END = Date.UTC(2025, 9, 1);

export function planDeliveries(options: Options, now: Date): Plan {
  const { rate, duplicates, disorder } = options;
  const seed = options.seed ?? now.toISOString();
  const perSecond = rate === undefined || rate === 0 ? null : rate;
  const disturbed = (deliveries: Delivery[]) =>
    disturb(deliveries, { seed, duplicatesPercent: duplicates, disorderPercent: disorder });

  if (options.files === undefined) {
    return { deliveries: disturbed(chosenFiles(options)), perSecond, concurrency: 1, note: null };
  }
  const stories = tellStories({ seed, files: options.files, endsAt: endOf(seed) });
  return {
    deliveries: disturbed(interleave(stories)),
    perSecond: rate === undefined ? DEFAULT_RATE : perSecond,
    concurrency: STORIES_AT_A_TIME,
    note: `the stories of ${options.files} files; --seed ${seed} tells them again`,
  };
}

/** A seed that is a time also dates the stories, so that those of an unseeded run are recent and can be told again. */
function endOf(seed: string): number {
  return /^\d{4}-\d{2}-\d{2}T/.test(seed) && !Number.isNaN(Date.parse(seed)) ? Date.parse(seed) : FIXED_END;
}

function chosenFiles({ documented, case: number, file = [] }: Options): Delivery[] {
  if (documented) return documentedDeliveries();
  if (number === undefined) return file.map(readFile);
  const deliveries = deliveriesOfCase(number);
  if (deliveries.length > 0) return deliveries;
  throw new NothingToSend(`there is no case ${number}; there are ${knownCases().join(", ")}`);
}

function readFile(path: string): Delivery {
  try {
    return deliveryOfFile(path);
  } catch {
    throw new NothingToSend(`can't read ${path}`);
  }
}
