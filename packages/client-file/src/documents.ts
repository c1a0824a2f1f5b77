import type { Flag } from "@receiver/contracts";
import {
  type Day,
  type DocumentSpace,
  daysUntil,
  type EventDocument,
  type ExpiryReading,
  noExpiry,
} from "@receiver/events";
import { NEAR_EXPIRY_DAYS } from "./document-notices.ts";
import type { Reading } from "./reading.ts";

const neverExpire: ReadonlySet<string> = new Set(["SELFIE", "RCCM", "DFE"]);
const ofCompanies: ReadonlySet<string> = new Set(["RCCM", "DFE", "ENTREPRENEUR_CARD", "AUTRE_ENTREPRISE"]);

/** `unknown` is never to be taken for valid. `near`: within 90 days. A document is good on the day it runs out. */
export type Validity = "never-expires" | "unknown" | "valid" | "near" | "expired";

/** `validity` is that of the day of the fold. */
export type DocumentView = {
  id: string;
  space: DocumentSpace;
  type: string | null;
  expiry: ExpiryReading;
  validity: Validity;
};

/** @param readings in fold order: later ones win, but what is known is not overwritten by what isn't */
export function foldDocuments(readings: readonly Reading[], today: Day): DocumentView[] {
  const documents = readings.flatMap(({ event }) => event.documents);
  return [...Map.groupBy(documents, ({ space, id }) => JSON.stringify([space, id]))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, seen]) => viewOf(seen, today));
}

function viewOf(seen: readonly EventDocument[], today: Day): DocumentView {
  const { id, space } = seen[0] as EventDocument;
  const type = seen.findLast((document) => document.type !== null)?.type ?? null;
  if (isOneOf(neverExpire, type)) return { id, space, type, expiry: noExpiry, validity: "never-expires" };
  const expiry = seen.findLast((document) => document.expiry.day !== null)?.expiry ?? noExpiry;
  return { id, space, type, expiry, validity: validityOf(expiry.day, today) };
}

/** The flags that go by the calendar. */
export const documentFlags = {
  "document-expired": (documents) => documents.some(({ validity }) => validity === "expired"),
  "document-near-expiry": (documents) => documents.some(({ validity }) => validity === "near"),
} as const satisfies Partial<Record<Flag, (documents: readonly DocumentView[]) => boolean>>;

/** The document as it is on another day. */
export const documentOn = (document: DocumentView, today: Day): DocumentView =>
  document.validity === "never-expires" ? document : { ...document, validity: validityOf(document.expiry.day, today) };

function validityOf(day: Day | null, today: Day): Validity {
  if (day === null) return "unknown";
  const daysLeft = daysUntil(day, today);
  if (daysLeft < 0) return "expired";
  return daysLeft <= NEAR_EXPIRY_DAYS ? "near" : "valid";
}

export const kindOf = (documents: readonly DocumentView[]): "KYC" | "KYB" =>
  documents.some(({ type }) => isOneOf(ofCompanies, type)) ? "KYB" : "KYC";

const isOneOf = (types: ReadonlySet<string>, type: string | null): boolean =>
  type !== null && types.has(type.trim().toUpperCase());
