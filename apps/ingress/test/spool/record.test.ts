import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeRecord, readStretches } from "../../src/spool/record.ts";
import type { SpooledDelivery } from "../../src/spool/spooled-delivery.ts";

const deliveries = fc.array(
  fc.record({
    receivedAt: fc.date({ noInvalidDate: true }),
    // A body may hold what looks like the beginning of a record.
    body: fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.concat([Buffer.from("DSP2"), bytes])),
    ),
    facts: fc.option(
      fc.record({
        id: fc.string({ maxLength: 5 }),
        type: fc.option(fc.string({ maxLength: 5 })),
        companyId: fc.option(fc.string({ maxLength: 5 })),
        problems: fc.array(fc.record({ path: fc.string({ maxLength: 5 }), message: fc.string() }), { maxLength: 1 }),
        isMessage: fc.boolean(),
        receiptId: fc.uuid(),
      }),
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

const segmentOf = (records: readonly SpooledDelivery[]) => Buffer.concat(records.flatMap(encodeRecord));
const plain = ({ receivedAt, body, facts }: SpooledDelivery) => ({
  at: receivedAt.getTime(),
  facts,
  body: Buffer.from(body).toString("hex"),
});
const readRecords = (segment: Buffer) =>
  [...readStretches(segment)].flatMap((stretch) => (stretch.kind === "record" ? [plain(stretch.delivery)] : []));
const damageIn = (segment: Buffer) =>
  [...readStretches(segment)].flatMap((stretch) => (stretch.kind === "damaged" ? [stretch.bytes] : []));

describe("a segment", () => {
  test("gives back what was written, in its order, whatever the bodies hold", () => {
    fc.assert(
      fc.property(deliveries, (written) => {
        const segment = segmentOf(written);
        expect(readRecords(segment)).toEqual(written.map(plain));
        expect(damageIn(segment)).toEqual([]);
      }),
    );
  });

  test("cut off anywhere gives every record that is whole, and the torn one as damage, because a power cut tears the last write", () => {
    fc.assert(
      fc.property(deliveries, fc.double({ min: 0, max: 1, noNaN: true }), (written, share) => {
        const segment = segmentOf(written);
        const cut = segment.subarray(0, Math.floor(segment.length * share));
        const whole = written.filter((_, index) => segmentOf(written.slice(0, index + 1)).length <= cut.length);
        expect(readRecords(cut)).toEqual(whole.map(plain));
        expect(Buffer.concat([segmentOf(whole), ...damageIn(cut)])).toEqual(cut);
      }),
    );
  });

  test("with a byte turned loses the record that it is in and no other, and sets all of its bytes aside", () => {
    fc.assert(
      fc.property(deliveries, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, turn) => {
        const segment = segmentOf(written);
        const offset = at % segment.length;
        segment[offset] = (segment[offset] as number) ^ turn;
        const hit = written.findIndex((_, index) => segmentOf(written.slice(0, index + 1)).length > offset);
        expect(readRecords(segment)).toEqual(written.toSpliced(hit, 1).map(plain));
        const record = segmentOf(written.slice(hit, hit + 1));
        expect(Buffer.concat(damageIn(segment))).toHaveLength(record.length);
      }),
    );
  });

  test("of the version before is read still, because a process of that version may have left it behind", () => {
    const left = Buffer.alloc(22);
    left.write("DSP1");
    left.writeUInt32BE(2, 4);
    left.writeDoubleBE(1_760_703_300_000, 8);
    left.write("{}", 20);
    left.writeUInt32BE(crc32(left.subarray(20), crc32(left.subarray(4, 16))), 16);
    expect(readRecords(left)).toEqual([
      { at: 1_760_703_300_000, body: Buffer.from("{}").toString("hex"), facts: null },
    ]);
  });

  test("of it is written as it was found, because it may be one that Postgres refused", () => {
    const [header] = encodeRecord({ receivedAt: new Date(), body: Buffer.from("{}"), facts: null });
    expect(Buffer.from(header).toString("latin1", 0, 4)).toBe("DSP1");
  });

  test("of zeros, as a file system leaves where it lost what was written, is damage and not an endless search", () => {
    expect(damageIn(Buffer.alloc(64))).toEqual([Buffer.alloc(64)]);
  });
});
