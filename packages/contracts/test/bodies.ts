import { readdirSync, readFileSync } from "node:fs";
import { type Classification, classify, type DeliveryType, type Message } from "../src/index.ts";

const fixtures = new URL("../fixtures/", import.meta.url);

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const namesOf = (folder: "danaya" | "bad"): string[] =>
  readdirSync(new URL(folder, fixtures)).map((file) => file.replace(/\.json$/, ""));

export const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`${name}.json`, fixtures));

export const bodyOf = (name: string): JsonObject => JSON.parse(Buffer.from(bytesOf(name)).toString("utf8"));

/** One fixture per delivery type, the richest of its kind. */
export const samples = {
  DOCUMENT_TO_ANALYSE_RECEIVED: "danaya/documented-document-to-analyse-received",
  ANALYSIS_RESULT: "danaya/case-03-analysis-result-03",
  CLIENT_FILE_STATUS_CHANGED: "danaya/documented-client-file-status-changed",
  RETRY_DOCUMENT_VERIFICATION: "danaya/documented-retry-document-verification",
  FLAT_CLIENT_FILE: "danaya/case-09-legacy-flat-02",
} as const satisfies Record<DeliveryType, string>;

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export const classifyText = (text: string): Classification => classify(encode(text));

export const classifyBody = (body: unknown): Classification => classifyText(JSON.stringify(body));

/** The sample of this type with one field replaced, or removed when the value is undefined. Keys are dotted. */
export function sampleWith(type: DeliveryType, path: string, value: Json | undefined): JsonObject {
  const body = bodyOf(samples[type]);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<JsonObject>((at, key) => at[key] as JsonObject, body);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return body;
}

export function messageOf(classification: Classification): Message {
  if (classification.kind === "message") return classification.message;
  throw new Error(`expected a message, got ${JSON.stringify(classification)}`);
}

/** The message of this type that a body turned out to be. */
export function readAs<T extends DeliveryType>(type: T, body: unknown): Extract<Message, { type: T }> {
  const message = messageOf(classifyBody(body));
  if (message.type === type) return message as Extract<Message, { type: T }>;
  throw new Error(`expected ${type}, got ${message.type}`);
}

/** What was refused, as "path: message" lines. */
export function refusalOf(classification: Classification): string[] {
  if (classification.kind === "message") throw new Error("expected a refusal, got a message");
  return classification.problems.map(({ path, message }) => `${path}: ${message}`);
}
