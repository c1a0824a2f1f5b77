import type { Random } from "@receiver/simulation";

/** One to eight bytes become others, anywhere. */
export function flipBytes(body: Buffer, random: Random): Buffer {
  const flipped = Buffer.from(body);
  const times = random.whole(1, 8);
  for (let done = 0; done < times && flipped.length > 0; done += 1) {
    const at = random.whole(0, flipped.length - 1);
    flipped[at] = (flipped.readUInt8(at) ^ random.whole(1, 255)) & 0xff;
  }
  return flipped;
}

/** Without its end: at least one byte of it. */
export function truncate(body: Buffer, random: Random): Buffer {
  return body.subarray(0, random.whole(0, Math.max(0, body.length - 1)));
}

/** The beginning of one, the end of another. */
export function splice(first: Buffer, second: Buffer, random: Random): Buffer {
  const head = first.subarray(0, random.whole(0, first.length));
  return Buffer.concat([head, second.subarray(random.whole(0, second.length))]);
}

/** Bytes without a meaning. A few kilobytes at most; now and then of one value only. */
export function rawBytes(random: Random): Buffer {
  const length = random.pick([0, 1, 7, 64, 300, 2_048]);
  if (random.percent(20)) return Buffer.alloc(length, random.whole(0, 255));
  return Buffer.from(Array.from({ length }, () => random.whole(0, 255)));
}
