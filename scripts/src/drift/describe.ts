import type { DriftRecord } from "@receiver/ledger";
import { alignLeft } from "../command-line/align-columns.ts";

type Told = Pick<DriftRecord, "kind" | "messageType" | "name" | "firstSeenAt" | "lastSeenAt" | "count" | "deliveryId">;

/** The report for people: a line for each name. */
export function describeDrift(records: readonly Told[]): string[] {
  if (records.length === 0) return ["nothing that the contract does not know"];
  const head = ["first seen", "what", "name", "of", "deliveries", "last seen", "the first"];
  return alignLeft([head, ...records.map(rowOf)]);
}

const rowOf = ({ firstSeenAt, kind, name, messageType, count, lastSeenAt, deliveryId }: Told): string[] => [
  ...[minute(firstSeenAt), kind, name, messageType ?? "–", String(count), minute(lastSeenAt), deliveryId],
];

const minute = (iso: string): string => `${iso.slice(0, 16)}Z`;
