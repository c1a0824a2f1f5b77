import { describe, expect, test } from "vitest";
import { type DeliveryType, deliveryTypes, findDrift } from "../src/index.ts";
import { bodyOf, type Json, namesOf, samples, sampleWith } from "./bodies.ts";

const driftIn = (type: DeliveryType, body: unknown) => findDrift(Buffer.from(JSON.stringify(body)), type);
const typeOf = (body: { messageType?: unknown }) =>
  deliveryTypes.find((candidate) => candidate === body.messageType) ?? "FLAT_CLIENT_FILE";
const withField = (path: string, value: Json) => driftIn("ANALYSIS_RESULT", sampleWith("ANALYSIS_RESULT", path, value));

describe("contract drift", () => {
  test("finds nothing in what is documented or was seen, or every delivery would be news", () => {
    const news = namesOf("danaya")
      .sort()
      .flatMap((name) => {
        const body = bodyOf(`danaya/${name}`);
        return driftIn(typeOf(body), body).map((drift) => `${name}: ${drift.kind} ${drift.name}`);
      });
    expect(news).toEqual([
      // The invented cases say a few things that nobody documents.
      "case-01-client-file-status-changed-11: status REJETER",
      "case-05-analysis-result-05: field payload.mafaValid",
      "case-05-analysis-result-05: field payload.rccmValid",
      "case-05-analysis-result-05: field payload.kybConsistentValid",
      "case-05-analysis-result-05: field payload.reasons",
      "case-05-client-file-status-changed-05: status REJETER",
      "case-06-client-file-status-changed-06: status REJETE",
      "case-06-retry-document-verification-08: error-code DOCUMENT_EXPIRED",
      "case-06-retry-document-verification-08: field payload.errors[].documentId",
    ]);
  });

  test.each(deliveryTypes)("names a new field of %s by its path, wherever the contract reads", (type) => {
    const prefix = type === "FLAT_CLIENT_FILE" ? "" : "payload.";
    const body = sampleWith(type, `${prefix}newField`, { secret: "KONE" });
    expect(driftIn(type, { ...body, head: 1 })).toEqual(
      expect.arrayContaining([
        { kind: "field", name: `${prefix}newField` },
        { kind: "field", name: "head" },
      ]),
    );
  });

  test("counts a field of a list's entries once, without their positions", () => {
    const body = bodyOf(samples.ANALYSIS_RESULT) as { payload: { documents: object[] } };
    body.payload.documents = body.payload.documents.map((document) => ({ ...document, liveness: 0.9 }));
    expect(driftIn("ANALYSIS_RESULT", body)).toEqual([{ kind: "field", name: "payload.documents[].liveness" }]);
  });

  test("does not look into free objects, whose keys may be personal, nor into what is new itself", () => {
    expect(withField("payload.documents.1.ocrExtractedData", { kone_awa: "x" })).toEqual([]);
    expect(withField("payload.additionalData", { kone_awa: { deeper: 1 } })).toEqual([]);
    expect(withField("payload.documents.1.verificationResults", [{ scoring: { kone_awa: 1 } }])).toEqual([]);
    expect(withField("payload.fresh", { kone_awa: 1 })).toEqual([{ kind: "field", name: "payload.fresh" }]);
  });

  test.each([
    ["payload.status", "EN_REVUE", "status"],
    ["payload.documents.0.type", "CARTE_VERTE", "document-type"],
    ["payload.documents.1.verificationResults.0.type", "LIVENESS_CHECK", "verification-type"],
    ["payload.documents.1.verificationResults.0.status", "SKIPPED", "verification-status"],
  ])("names an unknown word at %s", (path, word, kind) => {
    expect(withField(path, word)).toEqual([{ kind, name: word }]);
  });

  test("names an unknown error code, and takes both spellings of a known check", () => {
    expect(withField("payload.errors", [{ code: "NO_QUOTA" }])).toEqual([{ kind: "error-code", name: "NO_QUOTA" }]);
    expect(withField("payload.documents.1.verificationResults.0.type", "bd ")).toEqual([]);
  });

  test.each(["Koné Awa", "+225 07 00 00", "CI000000105", "a".repeat(65), "<b>", "né"])(
    "never repeats %j as a name: it may be what somebody is called",
    (name) => {
      expect(withField(`payload.${name.replaceAll(".", "")}`, 1)).toEqual([
        { kind: "field", name: "payload.(unprintable)" },
      ]);
      expect(withField("payload.status", name)).toEqual([{ kind: "status", name: "(unprintable)" }]);
    },
  );

  test("of a thousand invented fields keeps fifty, and says that there are more", () => {
    const invented = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`f${n}`, n]));
    const found = driftIn("ANALYSIS_RESULT", { ...bodyOf(samples.ANALYSIS_RESULT), ...invented });
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toEqual({ kind: "field", name: "(more)" });
  });
});
