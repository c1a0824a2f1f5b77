import { type Day, dayFromDigits } from "./day.ts";
import { readMrzExpiry } from "./mrz.ts";

/** `day` is null where the document names none that exists: unknown, never valid. `disagree`: it names several. */
export type ExpiryReading = { day: Day | null; disagree: boolean };

export const noExpiry: ExpiryReading = { day: null, disagree: false };

/** By the key's letters: OCR keys come in camelCase and in snake_case. */
const readers: Readonly<Record<string, (value: string) => Day | null>> = {
  documentexpiryyyyymmdd: readWrittenDay,
  documentexpiry: readWrittenDay,
  mrz: readMrzExpiry,
};

/** Reads the day on which a document runs out from what was recognised on it: the earliest of those it names. */
export function readExpiry(ocr: Readonly<Record<string, unknown>>): ExpiryReading {
  const days = new Set(Object.entries(ocr).flatMap(([key, value]) => readDay(key, value) ?? []));
  return { day: [...days].sort()[0] ?? null, disagree: days.size > 1 };
}

function readDay(key: string, value: unknown): Day | null {
  const letters = key.replaceAll("_", "").toLowerCase();
  if (typeof value !== "string" || !Object.hasOwn(readers, letters)) return null;
  return readers[letters]?.(value.trim()) ?? null;
}

/** Year first, or day first: a month never comes first. */
function readWrittenDay(value: string): Day | null {
  const yearFirst = /^([0-9]{4})[-/.]([0-9]{2})[-/.]([0-9]{2})$/.exec(value);
  if (yearFirst) return dayFromDigits(yearFirst[1] as string, yearFirst[2] as string, yearFirst[3] as string);
  const dayFirst = /^([0-9]{2})[-/.]([0-9]{2})[-/.]([0-9]{4})$/.exec(value);
  return dayFirst ? dayFromDigits(dayFirst[3] as string, dayFirst[2] as string, dayFirst[1] as string) : null;
}
