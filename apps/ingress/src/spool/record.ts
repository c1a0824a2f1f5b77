import { crc32 } from "node:zlib";
import { type SpooledDelivery, spooledFacts } from "./spooled-delivery.ts";

/** What a stretch of a segment holds. `damaged`: bytes that are no whole record, the torn end of a write among them. */
export type Stretch =
  | { kind: "record"; delivery: SpooledDelivery; end: number }
  | { kind: "damaged"; bytes: Uint8Array; end: number };

// A record, big-endian. The four letters name the format, its version among them: another form gets other letters, and a
// version that does not know them sets the record aside instead of misreading it.
//
//   0  "DSP2"                                                      "DSP1", of a body that can be read again
//   4  length of the body, in bytes (u32)                          the same
//   8  received at, milliseconds since 1970 (f64)                  the same
//  16  CRC-32 of bytes 4 to 16 and of all behind this (u32)        the same
//  20  length of the facts, in bytes (u32)                         the body
//  24  the facts, as JSON; then the body, plain or sealed
const MAGIC = Buffer.from("DSP2");
const OLDER_MAGIC = Buffer.from("DSP1");
/** What both begin with. */
const FORMAT = Buffer.from("DSP");
const BODY_BYTES_AT = 4;
const TIME_AT = 8;
const CRC_AT = 16;
const HEADER_BYTES = 20;
const FACTS_BYTES_AT = 20;
const FACTS_AT = 24;

export const recordBytes = ({ facts, body }: SpooledDelivery): number =>
  HEADER_BYTES + factsField(facts).length + body.byteLength;

/** Header and body apart, so that a batch copies each body once. */
export function encodeRecord({ receivedAt, body, facts }: SpooledDelivery): [header: Uint8Array, body: Uint8Array] {
  const header = Buffer.alloc(HEADER_BYTES);
  (facts === null ? OLDER_MAGIC : MAGIC).copy(header);
  header.writeUInt32BE(body.byteLength, BODY_BYTES_AT);
  header.writeDoubleBE(receivedAt.getTime(), TIME_AT);
  const head = Buffer.concat([header, factsField(facts)]);
  head.writeUInt32BE(checksum(head, body), CRC_AT);
  return [head, body];
}

/** A segment from its beginning to its end. After damage it goes on at the next whole record. */
export function* readStretches(segment: Buffer): Generator<Stretch> {
  for (let at = 0; at < segment.length; ) {
    const record = recordAt(segment, at);
    const stretch = record ?? damageAt(segment, at);
    yield stretch;
    at = stretch.end;
  }
}

function damageAt(segment: Buffer, start: number): Stretch {
  let end = segment.indexOf(FORMAT, start + 1);
  while (end !== -1 && recordAt(segment, end) === null) end = segment.indexOf(FORMAT, end + 1);
  if (end === -1) end = segment.length;
  return { kind: "damaged", bytes: segment.subarray(start, end), end };
}

function recordAt(segment: Buffer, at: number): Stretch | null {
  const record = segment.subarray(at);
  const bodyAt = bodyAtIn(record);
  if (bodyAt === null) return null;
  const length = bodyAt + record.readUInt32BE(BODY_BYTES_AT);
  if (length > record.length) return null;
  const [head, body] = [record.subarray(0, bodyAt), record.subarray(bodyAt, length)];
  if (record.readUInt32BE(CRC_AT) !== checksum(head, body)) return null;
  const facts = bodyAt === HEADER_BYTES ? null : factsIn(head);
  if (facts === undefined) return null;
  const receivedAt = new Date(record.readDoubleBE(TIME_AT));
  return { kind: "record", delivery: { receivedAt, body, facts }, end: at + length };
}

/** Null: no record begins like this. */
function bodyAtIn(record: Buffer): number | null {
  if (record.length < HEADER_BYTES) return null;
  const magic = record.subarray(0, MAGIC.length);
  if (magic.equals(OLDER_MAGIC)) return HEADER_BYTES;
  if (!magic.equals(MAGIC) || record.length < FACTS_AT) return null;
  return FACTS_AT + record.readUInt32BE(FACTS_BYTES_AT);
}

/** With its length before it; nothing without facts. */
function factsField(facts: SpooledDelivery["facts"]): Buffer {
  if (facts === null) return Buffer.alloc(0);
  const json = Buffer.from(JSON.stringify(facts), "utf8");
  const length = Buffer.alloc(FACTS_AT - FACTS_BYTES_AT);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json]);
}

/** Undefined: of a form that this version does not know. The checksum has vouched for its being JSON. */
function factsIn(head: Buffer): SpooledDelivery["facts"] | undefined {
  return spooledFacts.nullable().safeParse(JSON.parse(head.toString("utf8", FACTS_AT))).data;
}

function checksum(head: Uint8Array, body: Uint8Array): number {
  const before = crc32(head.subarray(BODY_BYTES_AT, CRC_AT));
  return crc32(body, crc32(head.subarray(HEADER_BYTES), before));
}
