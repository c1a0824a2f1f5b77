import type { Day } from "@receiver/events";

const DAY_MS = 86_400_000;

/** Time to have a new passport made. From then on a document is `near`. */
export const NEAR_EXPIRY_DAYS = 90;

/**
 * How many days a document has left when it is told of. 0: it has none, on the day after the one on which it runs out, since it is good
 * on that one.
 */
const thresholds = [NEAR_EXPIRY_DAYS, 30, 7, 0] as const;
export type NoticeThreshold = (typeof thresholds)[number];

/** `dueAt` is the first moment of that day in Africa/Abidjan, in milliseconds since 1970. */
export type DocumentNotice = { documentId: string; expiresOn: Day; threshold: NoticeThreshold; dueAt: number };

type Dated = { id: string; space: "upload" | "analysis"; expiry: { day: Day | null } };

/**
 * All that is ever to be told of these documents, past or to come. Of a day that is read anew, all is told anew. A day is read by the
 * analysis alone, whose documents bear the number of their file.
 */
export const noticesFor = (documents: readonly Dated[]): DocumentNotice[] =>
  documents.flatMap(({ id, space, expiry: { day } }) =>
    day === null || space === "upload"
      ? []
      : thresholds.map((threshold) => ({ documentId: id, expiresOn: day, threshold, dueAt: dueAt(day, threshold) })),
  );

const dueAt = (day: Day, threshold: NoticeThreshold): number =>
  Date.parse(day) + (threshold === 0 ? 1 : -threshold) * DAY_MS;
