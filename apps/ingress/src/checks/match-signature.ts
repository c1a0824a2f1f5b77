import { timingSafeEqual } from "node:crypto";

/** Whether one of the signatures is the expected one. All are compared; that a length differs is no secret. */
export function matchSignature(expected: string, presented: readonly string[]): boolean {
  const bytes = Buffer.from(expected);
  return presented.filter((signature) => equal(Buffer.from(signature), bytes)).length > 0;
}

const equal = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);
