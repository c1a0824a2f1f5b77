import { defaultStatusMap, type FoldContext, fold } from "@receiver/client-file";
import { classify, deliveryTypes, type Message, type State } from "@receiver/contracts";
import { type ClientFileEvent, dayInAbidjan, extractEvent } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createWorld, type World, type WorldFile, type WorldMessage } from "../src/index.ts";

const STARTS_AT = Date.UTC(2025, 9, 1);
const HOUR_MS = 3_600_000;
const many = createWorld({ seed: "many", files: 600, startsAt: STARTS_AT });
const seeds = { numRuns: 5 };

const context: FoldContext = {
  statusMap: defaultStatusMap,
  confirm: "never",
  today: dayInAbidjan(many.endsAt),
  linksContradicted: false,
  escalatedByClock: [],
  stalledByClock: false,
  carried: [],
};

function readMessage({ body }: WorldMessage): Message {
  const classification = classify(body);
  if (classification.kind === "message") return classification.message;
  throw new Error(JSON.stringify(classification));
}

const eventsOf = ({ messages }: WorldFile): ClientFileEvent[] =>
  messages.map((message) => {
    const identity = { eventId: message.name, payloadDigest: message.name };
    return extractEvent(readMessage(message), { ...identity, receivedAt: message.occurredAt });
  });

const textsOf = ({ files }: World): string[] =>
  files.flatMap(({ messages }) => messages.map(({ body }) => Buffer.from(body).toString()));

function allOf(choose: (file: WorldFile) => boolean): WorldFile[] {
  const chosen = many.files.filter(choose);
  expect(chosen.length).toBeGreaterThan(5);
  return chosen;
}

describe("a world", () => {
  test("is the same, byte for byte, for the same seed, and shares no id with another's", () => {
    const create = (seed: string) => createWorld({ seed, files: 80, startsAt: STARTS_AT });
    expect(textsOf(create("monday"))).toEqual(textsOf(create("monday")));
    const both = [...create("monday").files, ...create("tuesday").files];
    expect(new Set(both.map(({ fileUuid }) => fileUuid)).size).toBe(160);
    expect(new Set(both.map(({ fileNumber }) => fileNumber)).size).toBe(160);
  });

  test("has the same first files however many there are, so that a failing one can be looked at alone", () => {
    expect(createWorld({ seed: "many", files: 20, startsAt: STARTS_AT }).files).toEqual(many.files.slice(0, 20));
  });

  test("ends for each file where folding its messages ends, in whatever order they are folded", () => {
    fc.assert(
      fc.property(fc.string(), fc.infiniteStream(fc.nat()), (seed, order) => {
        for (const file of createWorld({ seed, files: 40, startsAt: STARTS_AT }).files) {
          const shuffled = eventsOf(file)
            .map((event) => ({ event, place: order.next().value ?? 0 }))
            .sort((a, b) => a.place - b.place);
          const { state, flags } = fold(
            shuffled.map(({ event }) => event),
            context,
          );
          expect(state).toBe(file.finalState);
          expect(flags).not.toContain("conflict");
          expect(flags).not.toContain("reopened");
        }
      }),
      seeds,
    );
  });

  test("says with each status what the status map reads in it", () => {
    for (const { status, state } of many.files.flatMap(({ timeline }) => timeline)) {
      expect(state).toBe(status === null ? "RECEIVED" : defaultStatusMap[status]);
    }
  });

  test("says with each message what it announces, and with each decision what is true from then on", () => {
    for (const message of many.files.slice(0, 200).flatMap(({ messages }) => messages)) {
      const read = readMessage(message);
      const { companyId } = many.fileOf(message.fileUuid) ?? {};
      expect(read).toMatchObject({ type: message.type, occurredAt: message.occurredAt, companyId });
      if (read.type !== "CLIENT_FILE_STATUS_CHANGED") continue;
      expect(many.truthAt(message.fileUuid, read.occurredAt)?.status).toBe(read.payload.status);
    }
  });

  test("knows no number before the analysis, nor a file that is nobody's", () => {
    const { fileUuid, openedAt, fileNumber, timeline } = many.files[0] as WorldFile;
    const numberedAt = timeline[1]?.from ?? 0;
    expect(many.truthAt(fileUuid, openedAt)).toBeNull();
    expect(many.truthAt(fileUuid, numberedAt - 1)).toBeNull();
    expect(many.truthAt(fileUuid, numberedAt)).toEqual({
      number: fileNumber,
      status: "IN_PROGRESS",
      state: "IN_ANALYSIS",
    });
    expect(many.truthAt("nobody", many.endsAt)).toBeNull();
  });

  test("holds all that has to be tried: each kind, form and end, ties, reversals and resubmissions", () => {
    const types = new Set(many.files.flatMap(({ messages }) => messages.map(({ type }) => type)));
    expect(types).toEqual(new Set(deliveryTypes));
    expect(new Set(many.files.map(({ kind }) => kind))).toEqual(new Set(["KYC", "KYB"]));
    const ends: State[] = ["APPROVED", "REJECTED", "AWAITING_DECISION"];
    expect(new Set(many.finalStates.values())).toEqual(new Set(ends));
    const isTied = ({ messages }: WorldFile) =>
      messages.some(({ occurredAt }, index) => occurredAt === messages[index - 1]?.occurredAt);
    allOf(isTied);
  });

  test("overturns a decision after days, and tells until when the first was true", () => {
    for (const { trueDecisions, finalState } of allOf((file) => file.trueDecisions.length > 1)) {
      const [first, second] = trueDecisions;
      expect(first?.until).toBe(second?.from);
      expect(second).toMatchObject({ until: null, decision: finalState });
      expect(second?.decision).not.toBe(first?.decision);
      const hours = ((second?.from ?? 0) - (first?.from ?? 0)) / HOUR_MS;
      expect(hours).toBeGreaterThanOrEqual(30);
      expect(hours).toBeLessThanOrEqual(144);
    }
  });

  test("resubmits what was refused as a file of its own, with the same externalId", () => {
    for (const file of allOf(({ resubmissionOf }) => resubmissionOf !== null)) {
      const refused = many.fileOf(file.resubmissionOf ?? "");
      expect(refused).toMatchObject({
        externalId: file.externalId,
        companyId: file.companyId,
        finalState: "REJECTED",
      });
      expect(refused?.fileUuid).not.toBe(file.fileUuid);
      expect(refused?.fileNumber).not.toBe(file.fileNumber);
      expect(file.openedAt).toBeGreaterThan(refused?.trueDecisions[0]?.from ?? Number.NaN);
    }
  });

  test("fits in its span, whatever that is: a shorter one has everything happen faster", () => {
    const hour = createWorld({ seed: "many", files: 100, startsAt: STARTS_AT, spanMs: HOUR_MS });
    for (const [world, file] of [...many.files.map((of) => [many, of]), ...hour.files.map((of) => [hour, of])] as [
      World,
      WorldFile,
    ][]) {
      const times = file.messages.map(({ occurredAt }) => occurredAt);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(world.startsAt);
      expect(Math.max(...times)).toBeLessThan(world.endsAt);
    }
    expect(hour.files.map(({ fileUuid }) => fileUuid)).toEqual(many.files.slice(0, 100).map((file) => file.fileUuid));
    expect(() => createWorld({ seed: "a", files: 1, startsAt: 0, spanMs: 1 })).toThrow(RangeError);
  });

  test("may be that of several accounts, each file and its resubmission of one", () => {
    const { files } = createWorld({ seed: "two", files: 100, startsAt: STARTS_AT, companies: [123, 456] });
    expect(new Set(files.map(({ companyId }) => companyId))).toEqual(new Set(["123", "456"]));
    const byExternalId = Map.groupBy(files, ({ externalId }) => externalId);
    for (const same of byExternalId.values()) expect(new Set(same.map(({ companyId }) => companyId)).size).toBe(1);
  });
});
