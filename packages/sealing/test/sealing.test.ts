import { randomBytes } from "node:crypto";
import type { NamedKey } from "@receiver/runtime";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createIntakeSeal, createMasterKeys, isEnvelope, openUnder, readEnvelope, sealUnder } from "../src/index.ts";

const ID = "a".repeat(40);
const OTHER_ID = "b".repeat(40);
const BODY = Buffer.from('{"lastName":"KOFFI"}');

const keyOf = (version: string): NamedKey => ({ version, key: randomBytes(32) });
const envelopeIn = (bytes: Uint8Array) => readEnvelope(bytes) ?? expect.fail("not an envelope");
const unreadable = { code: "BODY_UNREADABLE", retryable: false };

async function intakeOf(key = keyOf("2026-11")) {
  const masters = createMasterKeys([key]);
  return { masters, seal: createIntakeSeal(await masters.publicKey()) };
}

/** Once per byte, with that byte turned. */
const tampered = (bytes: Uint8Array): Buffer[] =>
  Array.from(bytes, (byte, at) => Buffer.concat([bytes.subarray(0, at), Buffer.of(byte ^ 1), bytes.subarray(at + 1)]));

describe("a body sealed to the intake", () => {
  it("is opened by the master key whatever it holds, and never looks like JSON", async () => {
    const { masters, seal } = await intakeOf();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
        const sealed = await seal(body, ID);
        expect(isEnvelope(sealed)).toBe(true);
        expect(await masters.openIntake(envelopeIn(sealed), ID)).toEqual(Buffer.from(body));
      }),
      { numRuns: 50 },
    );
    expect(isEnvelope(BODY)).toBe(false);
  });

  it("shows nothing of the body, and not even that it is the same one again", async () => {
    const { seal } = await intakeOf();
    const [one, other] = [await seal(BODY, ID), await seal(BODY, ID)];
    expect(Buffer.from(one).includes("KOFFI")).toBe(false);
    expect(one).not.toEqual(other);
  });

  it("is sealed under a key that is forgotten after a second, also where no other body comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] }); // the clock itself stands still, so that only forgetting makes another key
    onTestFinished(() => void vi.useRealTimers());
    const { seal } = await intakeOf();
    const encOf = async () => envelopeIn(await seal(BODY, ID)).enc;
    const first = await encOf();
    expect(await encOf()).toEqual(first);
    vi.advanceTimersByTime(1_000);
    expect(await encOf()).not.toEqual(first);
  });

  it("is refused as the body of another delivery, because who can write to the database could swap them", async () => {
    const { masters, seal } = await intakeOf();
    await expect(masters.openIntake(envelopeIn(await seal(BODY, ID)), OTHER_ID)).rejects.toMatchObject(unreadable);
  });

  it("is refused with any single byte changed, its head included", async () => {
    const { masters, seal } = await intakeOf();
    const outcomes = tampered(await seal(BODY, ID)).map(async (bytes) => {
      const envelope = readEnvelope(bytes);
      if (envelope === null) return "NO_ENVELOPE";
      return masters.openIntake(envelope, ID).then(
        () => "OPENED",
        (error) => error.code,
      );
    });
    expect(new Set(await Promise.all(outcomes))).toEqual(
      new Set(["NO_ENVELOPE", "MASTER_KEY_MISSING", "BODY_UNREADABLE"]),
    );
  });

  it("asks for the version that is missing, because a key can be given back and a body can't", async () => {
    const { seal } = await intakeOf();
    const others = createMasterKeys([keyOf("2027-01")]);
    await expect(others.openIntake(envelopeIn(await seal(BODY, ID)), ID)).rejects.toMatchObject({
      code: "MASTER_KEY_MISSING",
      infrastructure: true,
      retryInMs: expect.any(Number),
    });
  });

  it("is opened by no other key of the same name", async () => {
    const { seal } = await intakeOf();
    const namesake = createMasterKeys([keyOf("2026-11")]);
    await expect(namesake.openIntake(envelopeIn(await seal(BODY, ID)), ID)).rejects.toMatchObject(unreadable);
  });

  it("needs the one secret alone: the same master key has the same public key in every process", async () => {
    const key = keyOf("2026-11");
    expect(await createMasterKeys([key]).publicKey()).toEqual(await createMasterKeys([key]).publicKey());
    expect((await createMasterKeys([key]).publicKey()).key).not.toEqual(key.key);
  });
});

describe("a body under a data key", () => {
  const { dataKey } = createMasterKeys([keyOf("1")]).createDataKey("key-1", "owner");

  it("is opened by that key as the body of its delivery", () => {
    expect(openUnder(dataKey, envelopeIn(sealUnder(dataKey, BODY, ID)), ID)).toEqual(BODY);
  });

  it("is refused as another delivery's, under another key's name, and with any single byte changed", () => {
    const sealed = sealUnder(dataKey, BODY, ID);
    expect(() => openUnder(dataKey, envelopeIn(sealed), OTHER_ID)).toThrow(expect.objectContaining(unreadable));
    expect(() => openUnder({ ...dataKey, id: "key-2" }, envelopeIn(sealed), ID)).toThrow(
      expect.objectContaining(unreadable),
    );
    for (const bytes of tampered(sealed)) {
      const envelope = readEnvelope(bytes);
      if (envelope) expect(() => openUnder(dataKey, envelope, ID)).toThrow(expect.objectContaining(unreadable));
    }
  });
});

describe("a data key", () => {
  const [old, fresh] = [keyOf("old"), keyOf("new")];

  it("opens the same bodies after it was resealed, so that rotating touches no body", () => {
    const before = createMasterKeys([old]).createDataKey("key-1", "owner");
    const both = createMasterKeys([fresh, old]);
    const resealed = both.resealDataKey(before.stored);
    expect(resealed).toMatchObject({ id: "key-1", owner: "owner", masterVersion: "new" });
    const after = createMasterKeys([fresh]).openDataKey(resealed);
    expect(openUnder(after, envelopeIn(sealUnder(before.dataKey, BODY, ID)), ID)).toEqual(BODY);
  });

  it("is refused for another owner or under another id, because who can write to the database could swap them", () => {
    const masters = createMasterKeys([old]);
    const { stored } = masters.createDataKey("key-1", "owner");
    for (const swapped of [{ owner: "other" }, { id: "key-2" }, { sealed: Buffer.from("short") }])
      expect(() => masters.openDataKey({ ...stored, ...swapped })).toThrow(expect.objectContaining(unreadable));
    for (const sealed of tampered(stored.sealed)) expect(() => masters.openDataKey({ ...stored, sealed })).toThrow();
  });

  it("asks for a version that is not there", () => {
    const { stored } = createMasterKeys([old]).createDataKey("key-1", "owner");
    expect(() => createMasterKeys([fresh]).openDataKey(stored)).toThrow(
      expect.objectContaining({ code: "MASTER_KEY_MISSING" }),
    );
  });
});
