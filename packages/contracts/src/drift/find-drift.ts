import type { DeliveryType } from "../message-types.ts";
import { readJson } from "../read-json.ts";
import { type Drift, MORE, printableField, printableWord } from "./drift.ts";
import { type KnownForm, knownFormOf } from "./known-form.ts";

/** Of one body: Danaya's messages have a few dozen fields, and a thousand invented ones are one piece of news. */
const MAX_NAMES = 50;

/** Spelt as downstream reads them: these are matched as they are sent, the others in capitals. */
const matchedAsSent: ReadonlySet<string> = new Set(["document-type", "error-code"]);

type Walk = Map<string, Drift>;

/**
 * What a message bears that the contract doesn't know, each name once. Statuses are those that are not documented: which state
 * others name is decided by the status map.
 *
 * @param rawBody of a delivery that `classify` took for a message of this type, hence of bounded depth.
 */
export function findDrift(rawBody: Uint8Array, type: DeliveryType): Drift[] {
  const read = readJson(rawBody);
  if (read.kind === "not-json") return [];
  const found: Walk = new Map();
  visit(read.value, knownFormOf(type), "", found);
  return [...found.values()];
}

function visit(value: unknown, form: KnownForm, path: string, found: Walk): void {
  if (typeof value === "string") visitWord(value, form, found);
  else if (Array.isArray(value)) visitEntries(value, form, path, found);
  else if (typeof value === "object" && value !== null) visitFields(value, form, path, found);
}

function visitEntries(entries: readonly unknown[], { entry }: KnownForm, path: string, found: Walk): void {
  if (entry === undefined) return;
  for (const one of entries) visit(one, entry, `${path}[]`, found);
}

function visitFields(value: object, { fields }: KnownForm, path: string, found: Walk): void {
  if (fields === undefined) return;
  for (const [key, child] of Object.entries(value)) {
    const known = fields.get(key);
    const at = path === "" ? key : `${path}.${key}`;
    if (known) visit(child, known, at, found);
    else note(found, { kind: "field", name: [path, printableField(key)].filter((part) => part !== "").join(".") });
  }
}

function visitWord(value: string, { words }: KnownForm, found: Walk): void {
  if (words === undefined) return;
  const word = matchedAsSent.has(words.set) ? value : value.trim().toUpperCase();
  if (!words.known.has(word)) note(found, { kind: words.set, name: printableWord(word) });
}

function note(found: Walk, drift: Drift): void {
  const noted = found.size < MAX_NAMES ? drift : { ...drift, name: MORE };
  found.set(`${noted.kind} ${noted.name}`, noted);
}
