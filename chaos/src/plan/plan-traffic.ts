import { createHash } from "node:crypto";
import { disturb, interleave, type Random, type Story, seededRandom, tellStories } from "@receiver/simulation";
import { spoiledBodies } from "./spoiled-bodies.ts";

/** Where a delivery ends: `refused` is not JSON, and nothing of it is stored. */
export type Expected = "applied" | "quarantined" | "refused";

export type PlannedDelivery = {
  /** As the contract derives it from the bytes: 40 hexadecimal digits of their SHA-256. */
  id: string;
  name: string;
  occurredAt: number | null;
  body: Uint8Array;
  expected: Expected;
};

/** `postings`: what Danaya posts, in its order; a delivery that it repeats stands in there twice. */
export type Traffic = { stories: Story[]; postings: PlannedDelivery[] };

const DUPLICATES_PERCENT = 12;
const DISORDER_PERCENT = 30;
/** Of a hundred messages so many more that can't be applied, and so many more that aren't even JSON. */
const QUARANTINED_PERCENT = 3;
const REFUSED_PERCENT = 1;
/** What a story takes on average, the rest included. */
const POSTINGS_PER_STORY = 3.6;
/** Before any clock that the product may run by: nothing is dated in the future. */
const ENDS_AT = Date.UTC(2025, 9, 1);

/** About `count` postings. Pure: the same bytes in the same order for the same seed. */
export function planTraffic({ seed, count }: { seed: number; count: number }): Traffic {
  const files = Math.max(1, Math.round(count / POSTINGS_PER_STORY));
  const stories = tellStories({ seed: `chaos ${seed}`, files, endsAt: ENDS_AT });
  const random = seededRandom("spoiled", seed);
  const deliveries = interleave(stories).flatMap((delivery) => [
    { ...delivery, expected: "applied" as const },
    ...spoiled(random),
  ]);
  const named = deliveries.map(({ name, occurredAt, body, expected }) => {
    return { id: idOf(body), name, occurredAt, body, expected };
  });
  const disturbance = { duplicatesPercent: DUPLICATES_PERCENT, disorderPercent: DISORDER_PERCENT };
  return { stories, postings: disturb(named, { seed: `chaos ${seed}`, ...disturbance }) };
}

function spoiled(random: Random) {
  const found: { name: string; occurredAt: null; body: Uint8Array; expected: Expected }[] = [];
  for (const [expected, percent] of [
    ["quarantined", QUARANTINED_PERCENT],
    ["refused", REFUSED_PERCENT],
  ] as const) {
    if (!random.percent(percent)) continue;
    found.push({ name: expected, occurredAt: null, body: spoiledBodies[expected](random), expected });
  }
  return found;
}

function idOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 40);
}
