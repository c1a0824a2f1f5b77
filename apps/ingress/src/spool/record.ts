import { crc32 } from "node:zlib";

/** A delivery as the spool keeps it: what can't be derived. Its id, type and problems are read from the body again. */
export type SpooledDelivery = { receivedAt: Date; body: Uint8Array };

/** What a stretch of a segment holds. `damaged`: bytes that are no whole record, the torn end of a write among them. */
export type Stretch =
  | { kind: "record"; delivery: SpooledDelivery; end: number }
  | { kind: "damaged"; bytes: Uint8Array; end: number };

// A record, big-endian. The four letters name the format, its version among them: another form gets other letters, and a
// version that does not know them sets the record aside instead of misreading it.
//
//   0  "DSP1"
//   4  length of the body, in bytes (u32)
//   8  received at, milliseconds since 1970 (f64)
//  16  CRC-32 of bytes 4 to 16 and of the body (u32)
//  20  the body
const MAGIC = Buffer.from("DSP1");
const HEADER_BYTES = 20;
const CRC_AT = 16;

export const recordBytes = ({ body }: SpooledDelivery): number => HEADER_BYTES + body.byteLength;

/** Header and body apart, so that a batch copies each body once. */
export function encodeRecord({ receivedAt, body }: SpooledDelivery): [header: Uint8Array, body: Uint8Array] {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(body.byteLength, 4);
  header.writeDoubleBE(receivedAt.getTime(), 8);
  header.writeUInt32BE(checksum(header, body), CRC_AT);
  return [header, body];
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
  let end = segment.indexOf(MAGIC, start + 1);
  while (end !== -1 && recordAt(segment, end) === null) end = segment.indexOf(MAGIC, end + 1);
  if (end === -1) end = segment.length;
  return { kind: "damaged", bytes: segment.subarray(start, end), end };
}

function recordAt(segment: Buffer, at: number): Stretch | null {
  const header = segment.subarray(at, at + HEADER_BYTES);
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const end = at + HEADER_BYTES + header.readUInt32BE(4);
  if (end > segment.length) return null;
  const body = segment.subarray(at + HEADER_BYTES, end);
  if (header.readUInt32BE(CRC_AT) !== checksum(header, body)) return null;
  return { kind: "record", delivery: { receivedAt: new Date(header.readDoubleBE(8)), body }, end };
}

function checksum(header: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(header.subarray(MAGIC.length, CRC_AT)));
}
