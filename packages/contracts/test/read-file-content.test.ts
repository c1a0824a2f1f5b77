import { describe, expect, test } from "vitest";
import { readFileContent } from "../src/index.ts";

const read = (body: unknown) => readFileContent(Buffer.from(JSON.stringify(body)));

describe("the content of a delivery", () => {
  test("is what OCR read, each check as it came, and the additional data", () => {
    const check = { type: "FACE_MATCH_CHECK", status: "EXECUTED", rawData: "{}", confidence: 0.9 };
    const ocrExtractedData = { firstName: "Awa", document_expiry: "01/02/2030" };
    const payload = {
      id: 1,
      additionalData: { branch: "Plateau" },
      documents: [{ id: 7, type: "CNI", ocrExtractedData, verificationResults: [check] }],
    };
    const content = {
      additionalData: { branch: "Plateau" },
      documents: [
        { id: "7", type: "CNI", ocrExtractedData, verificationResults: [{ type: "FACE_MATCH_CHECK", result: check }] },
      ],
    };
    expect(read({ messageType: "ANALYSIS_RESULT", payload })).toEqual(content);
    expect(read({ clientFileToAnalyzeId: "u", ...payload }), "flat").toEqual(content);
  });

  test("is empty where a message has none, and a part of another shape fails nothing", () => {
    const nothing = { additionalData: null, documents: [] };
    expect(read({ messageType: "CLIENT_FILE_STATUS_CHANGED", payload: { id: 1 } })).toEqual(nothing);
    const odd = { additionalData: "text", documents: [7, { ocrExtractedData: [], verificationResults: {} }] };
    expect(read({ messageType: "ANALYSIS_RESULT", payload: odd })).toEqual({
      additionalData: null,
      documents: [{ id: null, type: null, ocrExtractedData: null, verificationResults: [] }],
    });
  });

  test("leaves out links to pictures, because they are signed and dead after half an hour", () => {
    const documents = [
      { id: 7, frontUrl: "https://signed.example/hunter2", backUrl: "https://signed.example/hunter2" },
    ];
    expect(JSON.stringify(read({ clientFileToAnalyzeId: "u", documents }))).not.toContain("hunter2");
  });

  test.each([
    ["no JSON", Buffer.from("{")],
    ["no object", Buffer.from("7")],
    [
      "a prototype key",
      Buffer.from('{"payload":{"additionalData":{"__proto__":{"polluted":true}}},"messageType":"X"}'),
    ],
    ["a payload that is none", Buffer.from('{"messageType":"ANALYSIS_RESULT","payload":7}')],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ])("is none of %s", (_what, body) => {
    expect(readFileContent(body)).toBeNull();
  });
});
