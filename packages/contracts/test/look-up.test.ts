import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLookUp } from "../src/index.ts";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

const documented = {
  id: 456,
  status: "VALIDER",
  reasons: ["PLANTED-REASON"],
  requestedDate: "2025-10-17T11:45:00Z",
  documents: [
    {
      id: 12,
      type: "CNI",
      contentMap: { document_expiry: "31/12/2030", name: "PLANTED-NAME" },
      verifications: [{ type: "MRZ_CHECK", status: "EXECUTED", confidence: 0.9 }],
    },
  ],
};

describe("an answer to a look-up", () => {
  test("is read as documented, with the keys that an analysis has", () => {
    expect(readLookUp(bytes(documented))).toEqual({
      kind: "file",
      file: {
        id: "456",
        status: "VALIDER",
        documents: [
          {
            id: "12",
            type: "CNI",
            score: null,
            ocrExtractedData: documented.documents[0]?.contentMap,
            verificationResults: [
              { verificationType: "MRZ_CHECK", status: "EXECUTED", confidence: 0.9, attempt: null },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ["a status that nobody knows, because statuses are an open set", { ...documented, status: "NOUVEAU" }, "NOUVEAU"],
    ["documents of another shape, because they only inform", { ...documented, documents: "none" }, "VALIDER"],
    ["keys that no contract names", { ...documented, later: { deep: [1] } }, "VALIDER"],
    ["nothing but number and status", { id: "g2f3", status: "A_TRAITER" }, "A_TRAITER"],
  ])("is read with %s", (_what, body, status) => {
    expect(readLookUp(bytes(body))).toMatchObject({ kind: "file", file: { status } });
  });

  test.each([
    ["no JSON", "<html>PLANTED</html>"],
    ["no object", [documented]],
    ["null", "null"],
    ["no number", { ...documented, id: undefined }],
    ["a number that was rounded on its way", '{"id":9007199254740993,"status":"VALIDER"}'],
    ["no status", { ...documented, status: null }],
    ["a status without end", { ...documented, status: "PLANTED".repeat(100) }],
    ["a key that reaches the prototype", '{"id":1,"status":"VALIDER","x":{"__proto__":{"PLANTED":1}}}'],
    ["nesting that exhausts a stack", `{"id":1,"status":"VALIDER","x":${"[".repeat(90_000)}${"]".repeat(90_000)}}`],
  ])("is unreadable when it bears %s, and the problem repeats none of it", (_what, body) => {
    const read = readLookUp(bytes(body));
    expect(read).toMatchObject({ kind: "unreadable", problems: [{ message: expect.stringMatching(/^must/) }] });
    expect(JSON.stringify(read)).not.toContain("PLANTED");
  });

  test("never throws, whatever the bytes are", () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map((text) => bytes(text)),
    );
    fc.assert(fc.property(any, (body) => ["file", "unreadable"].includes(readLookUp(body).kind)));
  });
});
