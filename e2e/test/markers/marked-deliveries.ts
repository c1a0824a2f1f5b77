import { bytesOf, goodFixtures } from "@receiver/testing";
import { markers } from "./markers.ts";

type Json = { [key: string]: unknown };

/** What the contract reads: with something else there, a body would not be a message, or not be applied. */
const read = new Set(
  "id companyId messageType timestamp createdAt status type verificationType attempt code externalId clientFileToAnalyzeId webhookId danaDropId score document_expiry document_expiry_yyyy_mm_dd".split(
    " ",
  ),
);
/** Of what the contract reads, what may be any text. Statuses and types are open sets. */
const facts = new Set(
  "status type verificationType code externalId clientFileToAnalyzeId webhookId danaDropId".split(" "),
);

const COMPANIES = 20;
const fixtures = goodFixtures();

/** A person's data wherever there is room for any: as a value, as a key, in a text that is JSON itself, in base64, in a link. */
function personal(n: number) {
  const name = `Awa ${markers.name} Koné ${n}`;
  const link = `https://storage.example.invalid/${markers.name}/${n}?X-Goog-Signature=${markers.secret}${n}`;
  const record = { nni: `${markers.digits}${n}`, name, place: markers.accented };
  return {
    ...{ [name]: name, [markers.accented]: markers.accented, name, link, number: Number(`${markers.digits}.5`) },
    ...{ rawData: JSON.stringify(record), comparedImageBase64: Buffer.from(JSON.stringify(record)).toString("base64") },
    nested: [[record, { [`${markers.name}-key`]: [link, null, record] }]],
  };
}

/** Every text that nobody reads is somebody's; `words`: so is every word of an open set, of ours. */
function marked(value: unknown, n: number, words: boolean, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => marked(item, n, words, key));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, child]) => [name, marked(child, n, words, name)]);
    return { ...Object.fromEntries(entries), ...personal(n) };
  }
  if (typeof value === "string" && facts.has(key) && words) return `${markers.fact}-${key}-${n}`;
  if (typeof value === "string" && !read.has(key))
    return `${key} ${markers.name} ${markers.accented} ${markers.digits}${n}`;
  return value;
}

/** Another account, so that files of one number are many. */
function message(n: number, words: boolean): Json {
  const fixture = fixtures[n % fixtures.length];
  const body = marked(JSON.parse(String(fixture?.bytes)), n, words) as Json;
  const companyId = 1 + (n % COMPANIES);
  if ("messageType" in body) Object.assign(body, { companyId, webhookId: `${markers.fact}-${n}` });
  for (const holder of [body, body.payload as Json | undefined]) {
    if (typeof holder?.company === "object") Object.assign(holder.company as Json, { id: companyId });
  }
  return body;
}

/** What is not as the contract wants it, each for another reason; a key that no contract names is a person's. */
const spoil: readonly ((body: Json, n: number) => Json | unknown[])[] = [
  (body, n) => ({ ...body, messageType: `${markers.fact.toUpperCase()}_${n}` }),
  (body, n) => ({ ...body, messageType: `${markers.name} ${n}` }),
  (body) => ({ ...body, messageType: "ANALYSIS_RESULT", timestamp: `${markers.name} 2025` }),
  (body) => ({ ...body, messageType: "ANALYSIS_RESULT", payload: `${markers.name} ${markers.secret}` }),
  (body) => ({ ...body, messageType: "ANALYSIS_RESULT", payload: { id: `${markers.name}\u0000` } }),
  (body) => ({ ...body, payload: { [markers.name]: JSON.parse(`{"__proto__":{"${markers.accented}":1}}`) } }),
  (body) => ({ ...body, companyId: { [markers.name]: markers.digits } }),
  (body) => [body, markers.name],
];

export type MarkedDelivery = { what: "message" | "words" | "unusable" | "not JSON"; body: Buffer };

/** Delivery n of as many as are wanted, each with markers in all its fields. */
export function markedDelivery(n: number): MarkedDelivery {
  const turn = Math.floor(n / fixtures.length) % 4;
  if (turn === 0) return { what: "message", body: bytesOf(message(n, false)) };
  if (turn === 1) return { what: "words", body: bytesOf(message(n, true)) };
  if (turn === 3) return { what: "not JSON", body: bytesOf(message(n, true)).subarray(0, -1 - (n % 7)) };
  const spoiled = spoil[n % spoil.length] as (typeof spoil)[number];
  return { what: "unusable", body: Buffer.from(JSON.stringify(spoiled(message(n, true), n))) };
}
