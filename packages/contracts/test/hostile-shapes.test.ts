import { describe, expect, test } from "vitest";
import { bodyOf, classifyBody, classifyText, refusalOf, samples } from "./bodies.ts";

/** The documented upload with this text as its free object, which is level 3 of the body. */
function withFreeObject(text: string): string {
  const body = bodyOf(samples.DOCUMENT_TO_ANALYSE_RECEIVED);
  return JSON.stringify({ ...body, payload: { ...(body.payload as object), additionalData: "#" } }).replace(
    '"#"',
    text,
  );
}

const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);

describe("depth", () => {
  test("32 levels pass", () => {
    expect(classifyText(withFreeObject(nested(30, "[", "]"))).kind).toBe("message");
    expect(classifyText(withFreeObject(`${'{"a":'.repeat(30)}1${"}".repeat(30)}`)).kind).toBe("message");
  });

  test("33 levels are refused, in arrays and in objects", () => {
    for (const text of [nested(31, "[", "]"), `${'{"a":'.repeat(31)}1${"}".repeat(31)}`]) {
      expect(refusalOf(classifyText(withFreeObject(text)))).toEqual([
        expect.stringMatching(/^payload\.additionalData\..*: must not nest deeper than 32 levels: flatten it$/),
      ]);
    }
  });

  test("100,000 levels exhaust no stack", () => {
    expect(classifyText(withFreeObject(nested(100_000, "[", "]"))).kind).toBe("unusable");
    expect(classifyText(nested(100_000, "[", "]"))).toMatchObject({ kind: "unusable", problems: [{ path: "" }] });
    expect(classifyText(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`).kind).toBe("unusable");
    expect(classifyText("[".repeat(100_000)).kind).toBe("not-json");
  });
});

describe("keys that reach a prototype", () => {
  test.each([
    ["at the top", '{"__proto__":1}', "__proto__"],
    ["with a message's other keys missing", '{"payload":{"constructor":null}}', "payload.constructor"],
    ["in a list", '{"payload":{"documents":[{},{"prototype":{}}]}}', "payload.documents.1.prototype"],
    ["in lists of lists", '{"payload":[[[{"__proto__":[]}]]]}', "payload.0.0.0.__proto__"],
    ["spelled with an escape", '{"\\u005f_proto__":1}', "__proto__"],
  ])("%s", (_what, text, path) => {
    expect(refusalOf(classifyText(text))).toEqual([`${path}: must not be used as a key: rename or remove it`]);
  });

  test("in the free object, whose own keys may be personal and are not repeated", () => {
    const [line] = refusalOf(classifyText(withFreeObject('{"Awa Koné":{"__proto__":{"isAdmin":true}}}')));
    expect(line).toMatch(/^payload\.additionalData\.\*\.__proto__: must not/);
  });

  test("as deep as a body may be", () => {
    const text = withFreeObject(`${'{"a":'.repeat(29)}{"__proto__":1}${"}".repeat(29)}`);
    expect(refusalOf(classifyText(text))).toEqual([expect.stringMatching(/\.__proto__: must not be used as a key/)]);
  });

  test("as values they are only words", () => {
    expect(classifyText(withFreeObject('["__proto__","constructor"]')).kind).toBe("message");
  });

  test("nothing is polluted by reading them", () => {
    classifyText(withFreeObject('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("at most 20 are told, because the answer must not grow with the body", () => {
    const documents = Array.from({ length: 1_000 }, () => ({ constructor: 1 }));
    expect(refusalOf(classifyBody({ payload: { documents } }))).toHaveLength(20);
  });
});

describe("width", () => {
  const listOf = (length: number, element = "0") => `[${Array(length).fill(element).join()}]`;
  const objectOf = (length: number) => `{${Array.from({ length }, (_, index) => `"k${index}":0`).join()}}`;
  const ruleOf = (text: string) => refusalOf(classifyText(withFreeObject(text)));

  test("1,000 elements of a list and 1,000 keys of an object pass", () => {
    expect(classifyText(withFreeObject(listOf(1_000))).kind).toBe("message");
    expect(classifyText(withFreeObject(objectOf(1_000))).kind).toBe("message");
  });

  test("more is refused where it stands, without a look inside", () => {
    expect(ruleOf(`[[],${listOf(1_001, '{"__proto__":1}')}]`)).toEqual([
      "payload.additionalData.1: must not have more than 1000 elements: split it",
    ]);
    expect(ruleOf(objectOf(1_001))).toEqual(["payload.additionalData: must not have more than 1000 keys: split it"]);
  });

  test("lists in lists are counted together, because they multiply", () => {
    expect(classifyText(withFreeObject(listOf(49, listOf(1_000)))).kind).toBe("message");
    expect(ruleOf(listOf(50, listOf(1_000)))).toEqual([": must not hold more than 50000 values in all: split it"]);
  });

  test("as wide as 2 MiB can be is refused in time", () => {
    for (const text of [listOf(1_000_000), `[${Array(250_000).fill('{"a":0}').join()}]`, objectOf(150_000)]) {
      expect(ruleOf(text)).toHaveLength(1);
    }
  });
});

describe("length", () => {
  const LONGEST = 1.5 * 1_024 * 1_024;

  test("a face picture of 1.1 MiB in base64 passes, because Danaya may send one", () => {
    expect(classifyText(withFreeObject(JSON.stringify("A".repeat(LONGEST)))).kind).toBe("message");
  });

  test("a longer text is refused, though the body be one that the ingress takes", () => {
    const body = withFreeObject(JSON.stringify("A".repeat(LONGEST + 1)));
    expect(body.length).toBeLessThan(2 * 1_024 * 1_024);
    expect(refusalOf(classifyText(body))).toEqual([
      "payload.additionalData: must not be longer than 1572864 characters: shorten it",
    ]);
  });

  test("a score that goes on for ever is no score in no time, because a rule that tries all ways to read it would stop the process", () => {
    const startedAt = performance.now();
    for (const score of [`1${" ".repeat(60_000)}x`, `1${" ".repeat(60_000)}%${" ".repeat(60_000)}x`]) {
      const fields = { companyId: 1, messageType: "CLIENT_FILE_STATUS_CHANGED", timestamp: "2026-11-26T15:00:00Z" };
      const body = { ...fields, payload: { id: 1, status: "VALIDER", score } };
      expect(classifyText(JSON.stringify(body))).toMatchObject({
        kind: "message",
        message: { payload: { score: null } },
      });
    }
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("a key of more than 200 characters is refused, and not repeated", () => {
    expect(classifyText(withFreeObject(`{"${"k".repeat(200)}":0}`)).kind).toBe("message");
    expect(refusalOf(classifyText(withFreeObject(`{"${"k".repeat(201)}":0}`)))).toEqual([
      "payload.additionalData.*: must not be a key of more than 200 characters: shorten it",
    ]);
  });
});
