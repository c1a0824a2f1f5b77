import { describe, expect, test } from "vitest";
import { classifyBody, type Json, messageOf, readAs, sampleWith } from "./bodies.ts";

const RETRY = "RETRY_DOCUMENT_VERIFICATION";
const resultsOf = (results: Json) =>
  readAs(RETRY, sampleWith(RETRY, "payload.documents.0.verificationResults", results)).payload.documents[0]
    ?.verificationResults;

describe("a field that only informs never fails a delivery", () => {
  test.each<[string, Json]>([
    ["a number", 7],
    ["a boolean", true],
    ["a list", []],
    ["an object", {}],
    ["null", null],
    ["an empty string", ""],
    ["a string that no column takes", "A\u0000B"],
    ["half a character", "A\ud800"],
    ["a long string", "x".repeat(201)],
  ])("a status of an analysis that is %s counts as absent", (_what, status) => {
    expect(
      readAs("ANALYSIS_RESULT", sampleWith("ANALYSIS_RESULT", "payload.status", status)).payload.status,
    ).toBeNull();
  });

  test.each<[string, Json, string | null]>([
    ["a boolean", true, null],
    ["an object", {}, null],
    ["empty, which would tie all files that have none", "", null],
    ["a number", 8841, "8841"],
  ])("an externalId that is %s", (_what, externalId, kept) => {
    const body = sampleWith("ANALYSIS_RESULT", "payload.externalId", externalId);
    expect(readAs("ANALYSIS_RESULT", body).payload.externalId).toBe(kept);
  });

  test.each<[Json | undefined]>([[undefined], [null], [7.5], [{}], ["A\u0000B"]])(
    "a webhookId of %j counts as absent: it is undocumented what it names",
    (webhookId) => {
      expect(messageOf(classifyBody(sampleWith("ANALYSIS_RESULT", "webhookId", webhookId))).webhookId).toBeNull();
    },
  );

  test.each<[Json]>([[null], ["CNI"], [{ id: 1 }], [7]])(
    "documents of an analysis that are %j are none",
    (documents) => {
      const body = sampleWith("ANALYSIS_RESULT", "payload.documents", documents);
      expect(readAs("ANALYSIS_RESULT", body).payload.documents).toEqual([]);
    },
  );

  test("an entry that can't be read is left out, and the others are kept", () => {
    const body = sampleWith("ANALYSIS_RESULT", "payload.documents", [null, "CNI", { id: 1001 }, [], 4]);
    expect(readAs("ANALYSIS_RESULT", body).payload.documents.map(({ id }) => id)).toEqual(["1001"]);
  });

  test("an error without a code says nothing", () => {
    const body = sampleWith("ANALYSIS_RESULT", "payload.errors", [{ code: 7 }, {}, "X", { code: "SOMETHING_NEW" }]);
    expect(readAs("ANALYSIS_RESULT", body).payload.errors).toEqual([{ code: "SOMETHING_NEW" }]);
  });

  test("keys that nobody documented pass, and go no further", () => {
    const message = messageOf(classifyBody(sampleWith("ANALYSIS_RESULT", "payload.mafaValid", true)));
    expect(message.payload).not.toHaveProperty("mafaValid");
  });
});

describe("sets that the provider keeps open", () => {
  test("a status, a document type and an error code that nobody knows are kept as they are", () => {
    const status = sampleWith("CLIENT_FILE_STATUS_CHANGED", "payload.status", "Classé sans suite\n");
    expect(readAs("CLIENT_FILE_STATUS_CHANGED", status).payload.status).toBe("Classé sans suite\n");
    const type = sampleWith("ANALYSIS_RESULT", "payload.documents.0.type", "CARTE_LUNAIRE");
    expect(readAs("ANALYSIS_RESULT", type).payload.documents[0]?.type).toBe("CARTE_LUNAIRE");
  });

  test.each<[Json, number | string | null]>([
    [0, 0],
    [0.94, 0.94],
    [94, 94],
    ["0.94", "0.94"],
    ["94,5", "94,5"],
    ["94 %", "94 %"],
    ["94,5\u00a0%", "94,5\u00a0%"],
    ["-1", "-1"],
    ["9.4e-1", "9.4e-1"],
    ["", null],
    [true, null],
    [[0.94], null],
    ["KOFFI Ama", null],
    ["94 KOFFI", null],
    ["9".repeat(33), null],
  ])("a score of %j is kept raw, because the scales differ from field to field", (sent, kept) => {
    const body = sampleWith("CLIENT_FILE_STATUS_CHANGED", "payload.score", sent);
    expect(readAs("CLIENT_FILE_STATUS_CHANGED", body).payload.score).toBe(kept);
  });
});

describe("results of verifications", () => {
  test("the documented key wins over the other spelling, where it can be read", () => {
    const results = resultsOf([
      { verificationType: "FACE_MATCH", type: "MRZ_CHECK" },
      { verificationType: 7, type: "BD_CHECK" },
      { status: "RETRY" },
    ]);
    expect(results?.map((result) => result.verificationType)).toEqual(["FACE_MATCH", "BD_CHECK", null]);
  });

  test.each<[Json, number | null]>([
    [3, 3],
    [0, 0],
    ["3", null],
    [2.5, null],
    [-1, null],
    [2 ** 31, null],
    [null, null],
  ])("an attempt of %j is a count, or absent", (sent, kept) => {
    expect(resultsOf([{ attempt: sent }])?.[0]?.attempt).toBe(kept);
  });

  test("a missing attempt, as in case 9, is absent and fails nothing", () => {
    expect(resultsOf([{ verificationType: "FACE_MATCH", status: "RETRY" }])).toEqual([
      { verificationType: "FACE_MATCH", status: "RETRY", confidence: null, attempt: null },
    ]);
  });
});

describe("ids that a change of status isn't documented to bear", () => {
  test("are read where they are present, because they link files", () => {
    const body = sampleWith("CLIENT_FILE_STATUS_CHANGED", "payload.clientFileToAnalyzeId", "550e8400");
    expect(readAs("CLIENT_FILE_STATUS_CHANGED", body).payload.clientFileToAnalyzeId).toBe("550e8400");
  });
});
