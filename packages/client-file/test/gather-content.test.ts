import type { FileContent } from "@receiver/contracts";
import { describe, expect, test } from "vitest";
import { gatherContent } from "../src/gather-content.ts";

type Document = Partial<FileContent["documents"][number]>;

const said = (eventId: string, documents: Document[], additionalData: FileContent["additionalData"] = null) =>
  ({
    event: {
      eventId,
      occurredAt: Number(eventId.replace(/\D/g, "")),
      source: eventId.startsWith("u") ? "UPLOAD" : "ANALYSIS",
    },
    content: {
      additionalData,
      documents: documents.map((document) => ({
        id: "7",
        type: null,
        ocrExtractedData: null,
        verificationResults: [],
        ...document,
      })),
    },
  }) as const;

const check = (type: string, confidence: number) => ({ type, result: { type, confidence } });

describe("what is known of a person", () => {
  test("is the latest word on each thing, with the delivery that said it, because a retry repeats only its check", () => {
    const gathered = gatherContent(
      [
        said("u1", [{ id: "7", type: "CNI" }], { source: "mobile" }),
        said("a2", [
          {
            type: "CNI",
            ocrExtractedData: { nni: "1" },
            verificationResults: [check("FACE_MATCH", 0.1), check("BD_CHECK", 1)],
          },
        ]),
        said("a3", [{ verificationResults: [check("FACE_MATCH_CHECK", 0.9)] }], { source: "agency" }),
      ],
      "everything",
    );
    expect(gathered.additionalData).toEqual({ data: { source: "agency" }, from: { deliveryId: "a3", occurredAt: 3 } });
    expect(gathered.documents).toMatchObject([
      { id: "7", space: "upload", type: "CNI", content: null },
      {
        id: "7",
        space: "analysis",
        type: "CNI",
        content: { ocrExtractedData: { nni: "1" }, from: { deliveryId: "a2" } },
        verificationResults: [
          { type: "DB", from: { deliveryId: "a2" } },
          { type: "FACE_MATCH", result: { confidence: 0.9 }, from: { deliveryId: "a3" } },
        ],
      },
    ]);
  });

  test("keeps PEP, sanction and media checks, and checks that nobody knows, from who may not see compliance's", () => {
    const types = ["PEP_CHECK", "SANCTION", "MEDIA_CHECK", "PEP_SANCTION", "pep", "", "FACE_MATCH", "TEMPLATE_CHECK"];
    const file = [said("a1", [{ verificationResults: types.map((type) => check(type, 1)) }])];
    const shown = (sees: Parameters<typeof gatherContent>[1]) =>
      gatherContent(file, sees).documents.flatMap(({ verificationResults }) =>
        verificationResults.map(({ type }) => type),
      );
    expect(shown("no-compliance")).toEqual(["FACE_MATCH", "TEMPLATE"]);
    expect(shown("everything")).toHaveLength(types.length);
  });
});
