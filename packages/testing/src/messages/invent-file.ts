import { createHash } from "node:crypto";

/** A client file that never was: the ids and the time that its messages have in common. */
export type InventedFile = {
  /** What everything else was derived from. */
  seed: string;
  companyId: number;
  uuid: string;
  number: number;
  externalId: string;
  /** ISO 8601, UTC, to the second. */
  openedAt: string;
  /** The same document has another id in the upload than in the analysis. */
  documents: { uploadId: string; number: number; type: string }[];
};

const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAYS = 300; // hence before any clock that a test runs by: nothing is dated in the future

/** The same seed gives the same file. */
export function inventFile(seed: string | number, chosen: Partial<Omit<InventedFile, "seed">> = {}): InventedFile {
  const name = String(seed);
  const number = 1_000_000 + (draw(name, "number") % 1_000_000_000);
  return {
    seed: name,
    companyId: 123,
    uuid: drawUuid(name, "upload"),
    number,
    externalId: `EXT-${name}`,
    openedAt: isoSeconds(FIRST_DAY + (draw(name, "opened") % (DAYS * 86_400)) * 1_000),
    documents: ["CNI", "SELFIE"].map((type, index) => ({
      uploadId: drawUuid(name, `document ${index}`),
      number: number * 10 + index,
      type,
    })),
    ...chosen,
  };
}

/** The time so many minutes after the file was opened. */
export function minutesAfter(file: InventedFile, minutes: number): string {
  return isoSeconds(Date.parse(file.openedAt) + minutes * 60_000);
}

export function drawUuid(seed: string, purpose: string): string {
  const hex = digest(seed, purpose).toString("hex");
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function draw(seed: string, purpose: string): number {
  return digest(seed, purpose).readUInt32BE(0);
}

function digest(seed: string, purpose: string): Buffer {
  return createHash("sha256")
    .update(JSON.stringify([seed, purpose]))
    .digest();
}

function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
