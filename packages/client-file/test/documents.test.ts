import type { ClientFileEvent } from "@receiver/events";
import { describe, expect, test } from "vitest";
import { says, viewOf } from "./events.ts";

type Document = ClientFileEvent["documents"][number];

const document = (type: string | null, day: string | null, said: Partial<Document> = {}): Document => ({
  id: "1001",
  space: "analysis",
  type,
  expiry: { day, disagree: false },
  ...said,
});

const analysed = (...documents: Document[]) => says("ANALYSIS", "ANALYZED", { documents });

describe("validity, on 22 November 2026", () => {
  test.each([
    ["2026-11-21", "expired", ["document-expired", "orphan"]],
    ["2026-11-22", "near", ["document-near-expiry", "orphan"]],
    ["2027-02-20", "near", ["document-near-expiry", "orphan"]],
    ["2027-02-21", "valid", ["orphan"]],
    [null, "unknown", ["orphan"]],
  ])("of a document that runs out on %s is %s", (day, validity, flags) => {
    expect(viewOf([analysed(document("CNI", day))])).toMatchObject({ documents: [{ validity }], flags });
  });

  test.each(["SELFIE", "RCCM", "DFE", " dfe "])("of %j never ends, whatever was read on it", (type) => {
    expect(viewOf([analysed(document(type, "2020-01-01"))])).toMatchObject({
      documents: [{ validity: "never-expires", expiry: { day: null } }],
      flags: ["orphan"],
    });
  });

  test("of several documents is flagged for each", () => {
    const documents = [document("CNI", "2020-01-01"), document("PASSEPORT", "2026-12-20", { id: "1002" })];
    expect(viewOf([analysed(...documents)]).flags).toEqual(["document-expired", "document-near-expiry", "orphan"]);
  });
});

describe("a document", () => {
  test("is what was said of it last, but what is known isn't overwritten by what isn't", () => {
    const events = [
      analysed(document("CNI", "2030-01-01")),
      analysed(document("PASSEPORT", "2031-01-01")),
      analysed(document(null, null)),
    ];
    const expected = [{ type: "PASSEPORT", expiry: { day: "2031-01-01" } }];
    expect(viewOf(events).documents).toMatchObject(expected);
    expect(viewOf(events.toReversed()).documents).toMatchObject(expected);
  });

  test("keeps the flag that its dates disagree", () => {
    const expiry = { day: "2030-01-01", disagree: true };
    expect(viewOf([analysed(document("CNI", null, { expiry }))]).documents[0]?.expiry).toEqual(expiry);
  });

  test("of the upload is another than one of the analysis with the same id", () => {
    const documents = [document("CNI", null, { space: "upload" }), document("CNI", null)];
    expect(viewOf([analysed(...documents)]).documents.map(({ space }) => space)).toEqual(["analysis", "upload"]);
  });
});

describe("the kind of file", () => {
  test.each(["RCCM", "DFE", "ENTREPRENEUR_CARD", "AUTRE_ENTREPRISE"])("is KYB with a document of type %s", (type) => {
    expect(viewOf([analysed(document("CNI", null, { id: "1" }), document(type, null))]).kind).toBe("KYB");
  });

  test.each(["CNI", "AUTRE", "CARTE_GRISE", "NOUVEAU", null])("is KYC with %s", (type) => {
    expect(viewOf([analysed(document(type, null))]).kind).toBe("KYC");
  });
});
