import { type Day, dayFromDigits } from "./day.ts";

// Where a machine-readable zone of each size bears the expiry, once its lines are joined (ICAO 9303 parts 4 to 6):
// six digits YYMMDD, then their check digit.
const expiryOffsets: Readonly<Record<number, number>> = {
  90: 30 + 8, // TD1, identity cards: three lines of 30
  72: 36 + 21, // TD2, larger cards: two lines of 36
  88: 44 + 21, // TD3, passports: two lines of 44
};

const DATE_LENGTH = 6;

/** A two-digit year below is of this century: documents run for ten years or so, and none that is shown ran out before 1970. */
const CENTURY_PIVOT = 70;

/** The day on which the document runs out, or null: another size, a check digit that fails, or no such day. */
export function readMrzExpiry(mrz: string): Day | null {
  const zone = mrz.replace(/\s+/g, "");
  const offset = expiryOffsets[zone.length];
  if (offset === undefined) return null;
  const date = zone.slice(offset, offset + DATE_LENGTH);
  if (!/^[0-9]{6}$/.test(date) || String(mrzCheckDigit(date)) !== zone[offset + DATE_LENGTH]) return null;
  const century = Number(date.slice(0, 2)) < CENTURY_PIVOT ? "20" : "19";
  return dayFromDigits(century + date.slice(0, 2), date.slice(2, 4), date.slice(4, 6));
}

const weights = [7, 3, 1] as const;

/** ICAO 9303 part 3, 4.9: the sum of values times 7, 3, 1, 7, … modulo 10. Null if a character has no value. */
export function mrzCheckDigit(field: string): number | null {
  let sum = 0;
  for (const [index, character] of [...field].entries()) {
    const value = characterValue(character);
    if (value === null) return null;
    sum += value * (weights[index % weights.length] as number);
  }
  return sum % 10;
}

/** Digits count for themselves, A to Z for 10 to 35, the filler for 0. */
function characterValue(character: string): number | null {
  if (character === "<") return 0;
  return /^[0-9A-Z]$/.test(character) ? Number.parseInt(character, 36) : null;
}
