import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { classify, type DeliveryType } from "@receiver/contracts";
import type { Delivery } from "@receiver/simulation";

const folder = fileURLToPath(new URL("../../../packages/contracts/fixtures/danaya/", import.meta.url));

/** As the provider would send messages that bear one time: the upload first, the decision last. What is no message comes behind. */
const ranks: Record<DeliveryType, number> = {
  DOCUMENT_TO_ANALYSE_RECEIVED: 0,
  RETRY_DOCUMENT_VERIFICATION: 1,
  ANALYSIS_RESULT: 2,
  FLAT_CLIENT_FILE: 2,
  CLIENT_FILE_STATUS_CHANGED: 3,
};
const LAST_RANK = 4;

/** Danaya's four documented messages, in the order of their timestamps. */
export function documentedDeliveries(): Delivery[] {
  return readInOrder((name) => name.startsWith("documented-"));
}

/** The invented deliveries of one case, in the order of their timestamps. Empty when there is no such case. */
export function deliveriesOfCase(number: number): Delivery[] {
  return readInOrder((name) => caseOf(name) === number);
}

/** The numbers of the cases, ascending. */
export function knownCases(): number[] {
  const numbers = fixtureNames().flatMap((name) => caseOf(name) ?? []);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Any file, as it is: it need not be a message, nor JSON. @throws what reading a file throws */
export function deliveryOfFile(path: string): Delivery {
  const body = readFileSync(path);
  const classification = classify(body);
  const occurredAt = classification.kind === "message" ? classification.message.occurredAt : null;
  return { name: basename(path), occurredAt, body };
}

function readInOrder(isAsked: (name: string) => boolean): Delivery[] {
  return fixtureNames()
    .filter(isAsked)
    .map((name) => deliveryOfFile(`${folder}${name}`))
    .sort((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0) || rankOf(a) - rankOf(b));
}

function rankOf({ body }: Delivery): number {
  const classification = classify(body);
  return classification.kind === "message" ? ranks[classification.message.type] : LAST_RANK;
}

function caseOf(name: string): number | null {
  const digits = /^case-(\d+)-/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

function fixtureNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
}
