import { describe, expect, test } from "vitest";
import { type Classification, classify, deliveryTypes, messageTypes } from "../src/index.ts";
import { bytesOf, classifyBody, classifyText, encode, namesOf, refusalOf, sampleWith } from "./bodies.ts";

const unusable = (type: string | null, companyId: string | null, ...paths: string[]) => ({
  kind: "unusable",
  type,
  companyId,
  problems: paths.map((path) => ({ path, message: expect.stringMatching(/^must /) })),
});

const notJson = { kind: "not-json", problems: [{ path: "", message: "must be a complete JSON document" }] };
const STATUS = "CLIENT_FILE_STATUS_CHANGED";

const expected: Record<string, { verdict: unknown; rule: RegExp }> = {
  "01-truncated-json": { verdict: notJson, rule: /complete JSON/ },
  "03-top-level-array": { verdict: unusable(null, null, ""), rule: /must be an object/ },
  "05-missing-messageType": { verdict: unusable(null, "123", "messageType"), rule: /must be one of .*ANALYSIS_RESULT/ },
  "06-unknown-messageType": {
    verdict: unusable("CLIENT_FILE_ARCHIVED", "123", "messageType"),
    rule: /must be one of .*ANALYSIS_RESULT/,
  },
  "07-payload-id-missing": { verdict: unusable(STATUS, "123", "payload.id"), rule: /it is missing$/ },
  "09-unsafe-integer-id": { verdict: unusable(STATUS, "123", "payload.id"), rule: /2\^53-1.*send it as a string$/ },
  "11-timestamp-unparseable": { verdict: unusable(STATUS, "123", "timestamp"), rule: /existing date and time/ },
  "14-proto-pollution": {
    verdict: unusable(STATUS, "123", "payload.__proto__", "payload.constructor", "payload.constructor.prototype"),
    rule: /must not be used as a key/,
  },
};

describe("a body that must not be applied is told by path and rule", () => {
  test("no fixture is left out of the table below", () => {
    expect(Object.keys(expected)).toEqual(namesOf("bad").sort());
  });

  test.each(Object.entries(expected))("%s", (name, { verdict, rule }) => {
    const classification = classify(bytesOf(`bad/${name}`));
    expect(classification).toEqual(verdict);
    for (const line of refusalOf(classification)) expect(line).toMatch(rule);
  });
});

describe("what isn't JSON is told apart from what can't be applied, because only the second is kept", () => {
  test.each<[string, Uint8Array, string]>([
    ["an empty body", encode(""), ": must not be empty"],
    ["a byte-order mark alone", encode("\uFEFF"), ": must not be empty"],
    ["white space alone", encode(" \n"), ": must be a complete JSON document"],
    ["a form", encode("companyId=123"), ": must be a complete JSON document"],
    ["two documents", encode("{}{}"), ": must be a complete JSON document"],
    ["NaN", encode('{"companyId":NaN}'), ": must be a complete JSON document"],
    ["a raw NUL in a string", encode('{"companyId":"\0"}'), ": must be a complete JSON document"],
    ["an overlong encoding", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), ": must be encoded in UTF-8"],
    ["a surrogate encoded by itself", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), ": must be encoded in UTF-8"],
    ["Latin-1", Uint8Array.of(0x22, 0xe9, 0x22), ": must be encoded in UTF-8"],
    ["UTF-16", new Uint8Array(Buffer.from('\uFEFF{"a":1}', "utf16le")), ": must be encoded in UTF-8"],
  ])("%s", (_what, bytes, problem) => {
    const classification = classify(bytes);
    expect(classification.kind).toBe("not-json");
    expect(refusalOf(classification)).toEqual([problem]);
  });

  test("a byte-order mark before a message is skipped, because some senders put one", () => {
    const withMark = Uint8Array.of(0xef, 0xbb, 0xbf, ...bytesOf("danaya/documented-analysis-result"));
    expect(classify(withMark)).toEqual(classify(bytesOf("danaya/documented-analysis-result")));
  });

  test.each(["null", "true", "7", '"text"', "[]"])("%s is JSON, and no message", (text) => {
    expect(classifyText(text)).toEqual(unusable(null, null, ""));
  });
});

describe("what a message can't be applied without", () => {
  const enveloped = messageTypes.flatMap((type) =>
    ["companyId", "timestamp", "payload", "payload.id"].map((path) => [type, path] as const),
  );
  const essential = [
    ...enveloped,
    [STATUS, "payload.status"] as const,
    ["RETRY_DOCUMENT_VERIFICATION", "payload.documents"] as const,
    ...["id", "clientFileToAnalyzeId", "createdAt", "company", "company.id"].map(
      (path) => ["FLAT_CLIENT_FILE", path] as const,
    ),
  ];

  const pathsOf = (classification: Classification) =>
    classification.kind === "message" ? [] : classification.problems.map(({ path }) => path);

  test.each(essential)("%s with something else for %s is refused at that path", (type, path) => {
    expect(pathsOf(classifyBody(sampleWith(type, path, null)))).toEqual([path]);
    expect(pathsOf(classifyBody(sampleWith(type, path, true)))).toEqual([path]);
  });

  test.each(essential.filter(([, path]) => path !== "clientFileToAnalyzeId"))(
    "%s without %s is refused at that path",
    (type, path) => expect(pathsOf(classifyBody(sampleWith(type, path, undefined)))).toEqual([path]),
  );

  test("without clientFileToAnalyzeId it isn't the flat form: a type is asked for", () => {
    const classification = classifyBody(sampleWith("FLAT_CLIENT_FILE", "clientFileToAnalyzeId", undefined));
    expect(classification).toEqual(unusable(null, null, "messageType"));
  });

  test("with a messageType of null it isn't the flat form either: the sender has envelopes", () => {
    const classification = classifyBody(sampleWith("FLAT_CLIENT_FILE", "messageType", null));
    expect(classification).toEqual(unusable(null, null, "messageType"));
  });

  test("a message that also bears clientFileToAnalyzeId beside its payload is still that message", () => {
    const body = sampleWith(STATUS, "clientFileToAnalyzeId", "550e8400-e29b-41d4-a716-446655440000");
    expect(classifyBody(body)).toMatchObject({ kind: "message", message: { type: STATUS } });
  });

  test("a retry whose document isn't an object is refused: what can't be read can't be counted", () => {
    const body = sampleWith("RETRY_DOCUMENT_VERIFICATION", "payload.documents.0", "1001");
    expect(refusalOf(classifyBody(body))).toEqual(["payload.documents.0: must be an object"]);
  });

  test.each(["", "A\0B", "\ud800", "x".repeat(201)])("a status that no column takes is refused (%j)", (status) => {
    const body = sampleWith(STATUS, "payload.status", status);
    expect(classifyBody(body)).toEqual(unusable(STATUS, "123", "payload.status"));
  });

  test("all problems are told at once, so that one exchange with the sender is enough", () => {
    const body = { messageType: STATUS, companyId: 1.5, timestamp: "soon", payload: { status: 3 } };
    expect(classifyBody(body)).toEqual(
      unusable(STATUS, null, "companyId", "timestamp", "payload.id", "payload.status"),
    );
  });

  test("at most 20 problems are told, because the answer must not grow with the body", () => {
    const body = sampleWith("RETRY_DOCUMENT_VERIFICATION", "payload.documents", Array(1_000).fill("x"));
    expect(refusalOf(classifyBody(body))).toHaveLength(20);
  });
});

describe("the account", () => {
  test.each(messageTypes)(
    "%s: another account in company.id is refused: one of the two is a mistake or a forgery",
    (type) => {
      const body = sampleWith(type, "payload.company", { id: 124, name: "Entreprise ABC" });
      expect(classifyBody(body)).toEqual(unusable(type, "123", "payload.company.id"));
    },
  );

  test.each<[string, { id?: string | number | boolean } | null | string]>([
    ["the same as a string", { id: "123" }],
    ["no id", {}],
    ["an id that is none", { id: true }],
    ["null", null],
    ["a name", "Entreprise ABC"],
  ])("company is no contradiction when it is %s", (_what, company) => {
    expect(classifyBody(sampleWith("ANALYSIS_RESULT", "payload.company", company)).kind).toBe("message");
  });
});

describe("what a refused body says of itself", () => {
  test.each(["client_file", "A B", "", "_A", `A${"B".repeat(64)}`, "CLIENT-FILE"])(
    "a messageType that isn't shaped like one is not repeated (%j)",
    (messageType) => expect(classifyBody({ messageType, companyId: 1 })).toEqual(unusable(null, "1", "messageType")),
  );

  test("FLAT_CLIENT_FILE is our name, not a messageType that can be sent", () => {
    const body = sampleWith("CLIENT_FILE_STATUS_CHANGED", "messageType", "FLAT_CLIENT_FILE");
    expect(classifyBody(body)).toEqual(unusable("FLAT_CLIENT_FILE", "123", "messageType"));
    expect(deliveryTypes).toContain("FLAT_CLIENT_FILE");
  });

  test("a broken flat form still tells its account", () => {
    expect(classifyBody(sampleWith("FLAT_CLIENT_FILE", "id", true))).toEqual(unusable(null, "123", "id"));
  });
});
