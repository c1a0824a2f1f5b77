import { id } from "./fields/id.ts";
import { findHostileShape } from "./find-hostile-shape.ts";
import { type DeliveryType, type MessageType, messageTypes } from "./message-types.ts";
import { type Message, messageSchemas } from "./messages/message.ts";
import { type Problem, problemsOf } from "./problem.ts";
import { readJson } from "./read-json.ts";

/**
 * What a body turned out to be. `not-json` can't be kept as a message at all; `unusable` is JSON that can't be applied,
 * with what it says of itself where that can be trusted to be a type or an id; `message` can be applied.
 */
export type Classification =
  | { kind: "not-json"; problems: Problem[] }
  | { kind: "unusable"; type: string | null; companyId: string | null; problems: Problem[] }
  | { kind: "message"; message: Message };

type JsonObject = { readonly [key: string]: unknown };

/** Reads a delivery's raw bytes. Never throws, whatever they are; no problem repeats any of them. */
export function classify(rawBody: Uint8Array): Classification {
  const read = readJson(rawBody);
  if (read.kind === "not-json") return { kind: "not-json", problems: [read.problem] };

  const body = read.value;
  if (!isObject(body)) return unusable({}, [{ path: "", message: "must be an object: one message per delivery" }]);

  const hostile = findHostileShape(body);
  if (hostile.length > 0) return unusable(body, hostile);

  const type = deliveryTypeOf(body);
  if (type === null)
    return unusable(body, [{ path: "messageType", message: `must be one of ${messageTypes.join(", ")}` }]);

  const parsed = messageSchemas[type].safeParse(body);
  return parsed.success ? { kind: "message", message: parsed.data } : unusable(body, problemsOf(parsed.error));
}

function deliveryTypeOf(body: JsonObject): DeliveryType | null {
  if (isFlat(body)) return "FLAT_CLIENT_FILE";
  return isMessageType(body.messageType) ? body.messageType : null;
}

const unusable = (body: JsonObject, problems: Problem[]): Classification => ({
  kind: "unusable",
  type: claimedType(body),
  companyId: claimedCompanyId(body),
  problems,
});

/** Shaped as a type, known or not: it names a quarantined delivery in a list. */
function claimedType({ messageType }: JsonObject): string | null {
  return typeof messageType === "string" && /^[A-Z][A-Z0-9_]{0,63}$/.test(messageType) ? messageType : null;
}

function claimedCompanyId(body: JsonObject): string | null {
  const company = isObject(body.company) ? body.company : {};
  return id.safeParse(isFlat(body) ? company.id : body.companyId).data ?? null;
}

const isFlat = (body: JsonObject): boolean =>
  Object.hasOwn(body, "clientFileToAnalyzeId") && !Object.hasOwn(body, "messageType");

const isMessageType = (value: unknown): value is MessageType => messageTypes.some((type) => type === value);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
