import { createHash } from "node:crypto";
import { type Random, seededRandom } from "@receiver/simulation";
import { type BodyKind, bodyKinds } from "./bodies.ts";
import { type Door, type Input, type InputKind, requestOf, webhookTarget } from "./input.ts";
import { framingVariations, headerVariations, type Varied } from "./vary-requests.ts";
import { varyMethod, varyTarget } from "./vary-targets.ts";

/** How many of a hundred. Messages as they are give the others files that they could change. */
const weights: Record<InputKind, number> = {
  ...{ message: 8, fields: 30, flipped: 12, truncated: 5, spliced: 6, grammar: 12, raw: 5 },
  ...{ headers: 9, framing: 3, method: 3, url: 7 },
};

type Draw = (door: Door, random: Random) => Varied;

const ofBody =
  (kind: BodyKind): Draw =>
  (door, random) => {
    const { body, what } = bodyKinds[kind](random);
    return { what, request: requestOf(door, { target: webhookTarget(door) }, body), allowed: ["taken"] };
  };

export const draws: Record<InputKind, Draw> = {
  message: ofBody("message"),
  fields: ofBody("fields"),
  flipped: ofBody("flipped"),
  truncated: ofBody("truncated"),
  spliced: ofBody("spliced"),
  grammar: ofBody("grammar"),
  raw: ofBody("raw"),
  headers: (door, random) => random.pick(headerVariations)(door, random),
  framing: (door, random) => random.pick(framingVariations)(door, random),
  method: varyMethod,
  url: varyTarget,
};

/** Pure: input n of a seed is the same however many are sent, and wherever the door is. */
export function drawInput(seed: number, door: Door, index: number): Input {
  const random = seededRandom("fuzz", seed, index);
  const kind = random.weighted(weights);
  return { index, kind, ...draws[kind](door, random) };
}

/** Part of what is sent, and so of what the seed decides. It opens nothing but the run's own ingress. */
export const tokenOf = (seed: number): string => createHash("sha256").update(`fuzz ${seed}`).digest("base64url");
