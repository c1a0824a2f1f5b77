import type { Delivery } from "./delivery.ts";
import { type Random, seededRandom } from "./seeded-random.ts";

export type Disturbance = {
  seed: string;
  /** How many of a hundred are sent a second time, byte for byte, some time later. */
  duplicatesPercent: number;
  /** How many of a hundred are overtaken by others. */
  disorderPercent: number;
};

/** How many places a copy or a late delivery falls behind at most. */
const FARTHEST_BEHIND = 40;

/** What a provider that promises neither order nor uniqueness makes of the deliveries. Pure. */
export function disturb<D extends Delivery>(deliveries: readonly D[], disturbance: Disturbance): D[] {
  const random = seededRandom("disturb", disturbance.seed);
  const placed = deliveries.flatMap((delivery, index) => {
    const isLate = random.percent(disturbance.disorderPercent);
    const isRepeated = random.percent(disturbance.duplicatesPercent);
    const place = isLate ? behind(index, random) : index;
    const copies = isRepeated ? [{ place: behind(place, random), delivery }] : [];
    return [{ place, delivery }, ...copies];
  });
  return placed.sort((a, b) => a.place - b.place).map(({ delivery }) => delivery);
}

/** Between two whole places, so that it falls behind what stands there. */
const behind = (place: number, random: Random): number => place + random.whole(1, FARTHEST_BEHIND) + 0.5;
