import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSignatureCheck } from "../../src/checks/check-signature.ts";
import { signatureHeaders, signatureSecret } from "./signing.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const after = (seconds: number) => new Date(NOW + seconds * 1_000);
const [current, old, foreign] = [signatureSecret(), signatureSecret(), signatureSecret()];
const body = '{"companyId":123,"name":"Koné"}';
const { fits } = createSignatureCheck([current.key, old.key], () => NOW);

type Headers = Record<string, string | string[]>;
const placeOf = (headers: Headers, bytes: string | Uint8Array = body) =>
  fits({ ip: "192.0.2.1", headers }, Buffer.from(bytes));
const signed = signatureHeaders({ secret: current.text, body, at: after(0) });

describe("a signature by the Standard Webhooks specification", () => {
  it("fits when its own library made it, with the new secret or the old one, and tells which", () => {
    expect(placeOf(signed)).toBe(0);
    expect(placeOf(signatureHeaders({ secret: old.text, body, at: after(0) }))).toBe(1);
  });

  it("fits when one of several does, because the provider signs with both secrets while it rotates them", () => {
    const others = signatureHeaders({ secret: foreign.text, body, at: after(0) })["webhook-signature"];
    const several = `v1a,AAAA ${others} v1, ${signed["webhook-signature"]} v2,x`;
    expect(placeOf({ ...signed, "webhook-signature": several })).toBe(0);
  });

  it.each([
    ["by another key", signatureHeaders({ secret: foreign.text, body, at: after(0) })],
    ["of another id", { ...signed, "webhook-id": "msg_2" }],
    ["of another time", { ...signed, "webhook-timestamp": String(NOW / 1_000 + 1) }],
    ["cut short", { ...signed, "webhook-signature": signed["webhook-signature"].slice(0, -1) }],
    ["longer", { ...signed, "webhook-signature": `${signed["webhook-signature"]}A` }],
    ["of another version", { ...signed, "webhook-signature": signed["webhook-signature"].replace("v1,", "v2,") }],
    ["without a version", { ...signed, "webhook-signature": signed["webhook-signature"].slice(3) }],
    ["empty", { ...signed, "webhook-signature": "" }],
    ["none", { "webhook-id": "msg_1", "webhook-timestamp": signed["webhook-timestamp"] }],
    ["without an id", { ...signed, "webhook-id": "" }],
    ["twice, as a list", { ...signed, "webhook-signature": [signed["webhook-signature"]] }],
  ] as [string, Headers][])("does not fit %s", (_what, headers) => {
    expect(placeOf(headers)).toBeNull();
  });

  it("does not fit another body, be it by a space", () => {
    expect(placeOf(signed, `${body} `)).toBeNull();
  });

  it.each([
    [-301, null],
    [-300, 0],
    [300, 0],
    [301, null],
  ])(
    "signed %i s from now: %s, because within five minutes a clock may differ, and later it is sent again",
    (seconds, place) => {
      expect(placeOf(signatureHeaders({ secret: current.text, body, at: after(seconds) }))).toBe(place);
    },
  );

  it.each(["soon", "1e9", "-1", "0", "", "9".repeat(13), `0${NOW / 1_000}`, `${NOW / 1_000}.5`, `${NOW / 1_000}x`])(
    "has a time in whole seconds: %j is none",
    (timestamp) => {
      const signature = createHmac("sha256", current.key).update(`msg_1.${timestamp}.${body}`).digest("base64");
      const headers = { ...signed, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
      expect(placeOf(headers)).toBeNull();
    },
  );

  it("has an id without a full stop, because what is signed could be cut at another one", () => {
    const inner = `${NOW / 1_000}.{"companyId":666}`;
    const whole = signatureHeaders({ secret: current.text, body: inner, at: after(0), id: "msg_1" });
    const moved = { ...whole, "webhook-id": `msg_1.${whole["webhook-timestamp"]}` };
    expect(placeOf(moved, '{"companyId":666}')).toBeNull();
    expect(placeOf(whole, inner)).toBe(0);
  });

  it("is of the bytes: two bodies that would be decoded to one text have not one signature", () => {
    const [one, other] = [Uint8Array.of(0xff), Uint8Array.of(0xfe)];
    const prefix = `msg_1.${NOW / 1_000}.`;
    const signature = createHmac("sha256", current.key).update(prefix).update(one).digest("base64");
    const headers = { ...signed, "webhook-signature": `v1,${signature}` };
    expect([placeOf(headers, one), placeOf(headers, other)]).toEqual([0, null]);
  });
});
