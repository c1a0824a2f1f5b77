import fc from "fast-check";
import { expect, test } from "vitest";
import { payloadDigestOf } from "../src/apply/payload-digest.ts";

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

test("the order of keys doesn't count, because a serialiser may choose another", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
      const reversed = Object.fromEntries(Object.entries(payload).reverse());
      expect(payloadDigestOf(bytes({ payload: reversed }))).toBe(payloadDigestOf(bytes({ payload })));
    }),
  );
});

test("the envelope doesn't count, because a resend bears another timestamp", () => {
  const payload = { id: 1, status: "VALIDER" };
  expect(payloadDigestOf(bytes({ timestamp: "2026-10-01T08:00:00Z", payload }))).toBe(
    payloadDigestOf(bytes({ timestamp: "2026-10-02T08:00:00Z", payload })),
  );
});

test("two payloads differ, the order of a list included", () => {
  const digests = [{ a: [1, 2] }, { a: [2, 1] }, { a: ["1", 2] }, { a: [1, 2], b: null }, {}];
  expect(new Set(digests.map((payload) => payloadDigestOf(bytes({ payload })))).size).toBe(digests.length);
});

test("the flat form is its own payload, and a byte order mark is none of it", () => {
  const flat = bytes({ id: 1, clientFileToAnalyzeId: "u" });
  expect(payloadDigestOf(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), flat]))).toBe(payloadDigestOf(flat));
  expect(payloadDigestOf(flat)).toMatch(/^[0-9a-f]{64}$/);
});
