import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createHmacCheck, type HmacSettings } from "../../src/checks/check-hmac.ts";
import { hmacOf } from "./signing.ts";

const body = '{"companyId":123}';
const settings: HmacSettings = {
  header: "x-signature",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "",
  keys: [createSecretKey("new", "utf8"), createSecretKey("old", "utf8")],
};
const placeOf = (signature: string | string[] | undefined, overrides: Partial<HmacSettings> = {}) =>
  createHmacCheck({ ...settings, ...overrides }).fits(
    { ip: "192.0.2.1", headers: { "x-signature": signature } },
    Buffer.from(body),
  );

const hex = hmacOf(body, "new").toString("hex");
const base64 = hmacOf(body, "new", "sha512").toString("base64");

describe("an HMAC of the body", () => {
  it("fits with the new key or the old one, and tells which", () => {
    expect(placeOf(hex)).toBe(0);
    expect(placeOf(hmacOf(body, "old").toString("hex"))).toBe(1);
  });

  it("fits in the forms that providers use: a prefix, SHA-512, capital letters, base64 of either alphabet, padded or not", () => {
    const sha512: Partial<HmacSettings> = { algorithm: "sha512", encoding: "base64" };
    const urlSafe = hmacOf(body, "new", "sha512").toString("base64url");
    expect(placeOf(`sha256=${hex}`, { prefix: "sha256=" })).toBe(0);
    expect([placeOf(hex.toUpperCase()), placeOf(base64, sha512), placeOf(urlSafe, sha512)]).toEqual([0, 0, 0]);
  });

  it.each([
    ["by another key", hmacOf(body, "foreign").toString("hex")],
    ["of another body", hmacOf(`${body} `, "new").toString("hex")],
    ["of another algorithm", hmacOf(body, "new", "sha512").toString("hex")],
    ["in another encoding", hmacOf(body, "new").toString("base64")],
    ["cut short", hex.slice(0, -1)],
    ["cut by a byte", hex.slice(0, -2)],
    ["with something behind it", `${hex}zz`],
    ["with a prefix that was not agreed on", `sha256=${hex}`],
    ["twice, as Node joins them", `${hex}, ${hex}`],
    ["as a list", [hex]],
    ["empty", ""],
    ["none", undefined],
  ])("does not fit %s", (_what, signature) => {
    expect(placeOf(signature)).toBeNull();
  });

  it("refuses as much padding as a header can hold in no time, because one process answers everybody", () => {
    const startedAt = performance.now();
    for (let times = 0; times < 20; times += 1) {
      expect(placeOf(`${"=".repeat(16_000)}x`, { algorithm: "sha512", encoding: "base64" })).toBeNull();
    }
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it("does not fit without the prefix that was agreed on", () => {
    expect(placeOf(hex, { prefix: "sha256=" })).toBeNull();
  });
});
