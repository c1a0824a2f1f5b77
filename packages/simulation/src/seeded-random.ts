import { createHash } from "node:crypto";

/** Draws that depend on the seed alone. Not for secrets. */
export type Random = {
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  /** True in so many of a hundred draws. */
  percent(percent: number): boolean;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** Picks a key; the values say how often each comes, in proportion. */
  weighted<K extends string>(weights: Record<K, number>): K;
  /** A version 4 UUID. */
  uuid(): string;
};

const DRAW_BYTES = 6; // 48 bits: the most that Buffer reads as an exact number
const DRAW_RANGE = 2 ** (DRAW_BYTES * 8);

export function seededRandom(...seed: (string | number)[]): Random {
  const bytes = byteStream(JSON.stringify(seed));
  /** At least 0, below 1. */
  const draw = (): number => bytes(DRAW_BYTES).readUIntBE(0, DRAW_BYTES) / DRAW_RANGE;
  const whole = (min: number, max: number): number => min + Math.floor(draw() * (max - min + 1));

  return {
    whole,
    percent: (percent) => draw() * 100 < percent,
    pick: (choices) => choices[whole(0, choices.length - 1)] ?? choices[0],
    weighted: (weights) => pickWeighted(weights, draw()),
    uuid: () => formatUuid(bytes(16)),
  };
}

/** The digests of the seed and a counter, one after the other. */
function byteStream(seed: string): (length: number) => Buffer {
  let block = 0;
  let left: Buffer = Buffer.alloc(0);
  return (length) => {
    while (left.length < length) {
      left = Buffer.concat([left, createHash("sha256").update(`${block}:${seed}`).digest()]);
      block += 1;
    }
    const taken = left.subarray(0, length);
    left = left.subarray(length);
    return taken;
  };
}

function pickWeighted<K extends string>(weights: Record<K, number>, at: number): K {
  const entries = Object.entries<number>(weights) as [K, number][];
  let rest = at * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    rest -= weight;
    if (rest < 0) return key;
  }
  throw new RangeError("weights must be positive");
}

function formatUuid(bytes: Buffer): string {
  const own = Buffer.from(bytes);
  own.writeUInt8((own.readUInt8(6) & 0x0f) | 0x40, 6);
  own.writeUInt8((own.readUInt8(8) & 0x3f) | 0x80, 8);
  return own.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
