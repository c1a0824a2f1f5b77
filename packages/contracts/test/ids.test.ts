import { describe, expect, test } from "vitest";
import { classifyBody, classifyText, type Json, readAs, refusalOf, sampleWith } from "./bodies.ts";

const withId = (id: Json) => sampleWith("CLIENT_FILE_STATUS_CHANGED", "payload.id", id);
const idOf = (body: Json) => readAs("CLIENT_FILE_STATUS_CHANGED", body).payload.id;

describe("ids are opaque", () => {
  test.each<[string, Json, string]>([
    [
      "a documented id that isn't hexadecimal",
      "g2f3e4d5-c6b7-8d9e-0f1a-2b3c4d5e6f7g",
      "g2f3e4d5-c6b7-8d9e-0f1a-2b3c4d5e6f7g",
    ],
    ["a colon", "client:8841", "client:8841"],
    ["one character", "0", "0"],
    ["leading zeros, which are part of it", "00456", "00456"],
    ["200 characters", "x".repeat(200), "x".repeat(200)],
    ["letters beyond ASCII", "dossier n° 7 é 𝒳", "dossier n° 7 é 𝒳"],
    ["zero", 0, "0"],
    ["the largest safe integer", Number.MAX_SAFE_INTEGER, "9007199254740991"],
  ])("%s passes, as a string", (_what, sent, kept) => {
    expect(idOf(withId(sent))).toBe(kept);
  });

  test.each<[string, Json, RegExp]>([
    ["a boolean", true, /not a value of type boolean$/],
    ["an array", [456], /not a value of type array$/],
    ["an object", { id: 456 }, /not a value of type object$/],
    ["null", null, /it is missing$/],
    ["a fraction", 456.5, /not a fraction$/],
    ["a negative integer", -1, /it is negative$/],
    ["the first unsafe integer", 2 ** 53, /above which JSON parsers round: send it as a string$/],
    ["an empty string", "", /it is empty$/],
    ["201 characters", "x".repeat(201), /it is longer$/],
    ["a line feed", "45\n6", /without control characters or lone surrogates$/],
    ["NUL, which Postgres refuses", "45\u00006", /without control characters or lone surrogates$/],
    ["DEL", "45\u007f6", /without control characters or lone surrogates$/],
    ["a C1 control character", "45\u00856", /without control characters or lone surrogates$/],
    ["a lone high surrogate, which UTF-8 can't encode", "45\ud8006", /without control characters or lone surrogates$/],
    ["a lone low surrogate", "\udc00456", /without control characters or lone surrogates$/],
  ])("%s is refused, with the reason", (_what, sent, reason) => {
    const [line, ...more] = refusalOf(classifyBody(withId(sent)));
    expect(more).toEqual([]);
    expect(line).toMatch(/^payload\.id: must be a string of 1 to 200 characters or a non-negative integer/);
    expect(line).toMatch(reason);
  });

  test("a number too large for a double is refused like any unsafe integer", () => {
    const text = JSON.stringify(withId("#")).replace('"#"', "1e999");
    expect(refusalOf(classifyText(text))[0]).toMatch(/send it as a string$/);
  });
});
