import { createHash } from "node:crypto";
import { classify } from "@receiver/contracts";
import { seededRandom } from "@receiver/simulation";
import { describe, expect, test } from "vitest";
import { bodyKinds, message } from "../src/plan/bodies.ts";
import { drawInput, draws, tokenOf } from "../src/plan/draw-input.ts";
import { type Input, inputKinds } from "../src/plan/input.ts";
import { type FieldMutation, fieldMutationNames, mutateFields } from "../src/plan/mutate-fields.ts";

const door = { host: "127.0.0.1:3000", path: "/webhooks/danaya", token: tokenOf(1) };
const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const drawn = (seed: number, count: number) => many(count).map((index) => drawInput(seed, door, index));
const digestOf = ({ request }: Input) => createHash("sha256").update(request.wire).digest("hex");
const digests = (seed: number) => drawn(seed, 40).map(digestOf);
const headOf = ({ wire, body }: { wire: Buffer; body: Buffer }) =>
  wire.toString("latin1", 0, wire.length - body.length);

test("a seed and a number make the same bytes again, or a finding could not be looked into", () => {
  expect(digests(7)).toEqual(digests(7));
  expect(digests(7)[23]).toBe(digestOf(drawInput(7, door, 23)));
  expect(digests(8)).not.toEqual(digests(7));
});

test("all kinds come, and each names at least one thing that may be answered", () => {
  const inputs = drawn(3, 200);
  expect(new Set(inputs.map(({ kind }) => kind))).toEqual(new Set(inputKinds));
  expect(inputs.filter(({ allowed, what }) => allowed.length === 0 || what === "")).toEqual([]);
});

const kindsOf = (kind: keyof typeof bodyKinds, count = 40) =>
  many(count).map((index) => classify(bodyKinds[kind](seededRandom(kind, index)).body).kind);

describe("a kind is what its name says:", () => {
  test("messages can be applied, so that there are files that something else could change", () => {
    expect(new Set(kindsOf("message"))).toEqual(new Set(["message"]));
  });

  test("fields leave JSON, some of it to be applied and some not", () => {
    expect(new Set(kindsOf("fields"))).toEqual(new Set(["message", "unusable"]));
  });

  test.each(["truncated", "raw"] as const)("%s is hardly ever JSON", (kind) => {
    expect(kindsOf(kind).filter((found) => found !== "not-json").length).toBeLessThan(5);
  });

  test("the grammar makes nothing but JSON", () => {
    expect(kindsOf("grammar")).not.toContain("not-json");
  });

  test("flipped is not what it was", () => {
    const body = Buffer.from(JSON.stringify(message(seededRandom(1))));
    for (const index of many(20)) {
      expect(bodyKinds.flipped(seededRandom("flipped", index)).body.equals(body)).toBe(false);
    }
  });

  test("headers, lengths, methods and targets name each what they did", () => {
    for (const kind of ["headers", "framing", "method", "url"] as const) {
      const whats = new Set(many(40).map((index) => draws[kind](door, seededRandom(kind, index)).what));
      expect(whats.size).toBeGreaterThan(3);
    }
  });

  test("a wrong token is never the right one", () => {
    for (const index of many(60)) {
      const { allowed, request } = draws.url(door, seededRandom("url", index));
      const [, target = ""] = headOf(request).split(" ");
      if (allowed[0] === "UNAUTHORISED") expect(decodeURIComponent(target)).not.toBe(`${door.path}/${door.token}`);
    }
  });
});

/** What each mutation must leave in the text of the body. */
const traces: Record<FieldMutation, RegExp | null> = {
  "wrong-type": null,
  "huge-number": /9007199254740993|1e308|1e999|0\.1e-999|9{400}|-0/,
  "deep-nesting": /\[{31}|(\{"a":){31}/,
  unicode: /Ａ|\u202e|\u200d|\u0301|\ufeff|\\u2028|ﷺ/,
  "prototype-key": /"(__proto__|constructor|prototype|\\u005f_proto__)":/,
  "duplicate-key": null,
  nul: /\\u0000/,
  "lone-surrogate": /\\ud800|\\udc00/,
  "long-text": /x{200}/,
  "long-list": /\[(.+)(,\1){99}/,
  "odd-time": /2099|02-30|1969|"now"|1760701500/,
};

test.each(fieldMutationNames)("%s is found in the body that it made", (mutation) => {
  for (const index of many(8)) {
    const random = seededRandom(mutation, index);
    const body = message(random);
    const text = mutateFields(body, [mutation], random);
    expect(text).not.toBe(JSON.stringify(body));
    const trace = traces[mutation];
    if (trace) expect(text).toMatch(trace);
    if (mutation === "duplicate-key") expect(JSON.stringify(JSON.parse(text)).length).toBeLessThan(text.length);
  }
});
