import { readLookUp } from "@receiver/contracts";
import { lookUpEvent } from "@receiver/events";
import { describe, expect, test } from "vitest";
import { flagsOfDoubt, openStates } from "../src/open-file.ts";
import { at, says, viewOf } from "./events.ts";

const asked = {
  eventId: "look-up-1",
  companyId: "123",
  fileUuid: "u-1",
  payloadDigest: "p",
  occurredAt: at("12:00:00"),
};

function lookedUp(answer: object) {
  const read = readLookUp(Buffer.from(JSON.stringify(answer)));
  if (read.kind !== "file") throw new Error("an answer that can't be read");
  return lookUpEvent(asked, read.file);
}

describe("a look-up's event", () => {
  test("decides a file, and confirms the decision that a delivery named before", () => {
    const opened = says("UPLOAD", null, { fileUuid: "u-1", occurredAt: at("09:00:00") });
    const decision = says("STATUS", "VALIDER", { occurredAt: at("10:00:00") });
    const answer = lookedUp({ id: 456, status: "VALIDER" });
    expect(viewOf([opened, answer])).toMatchObject({ state: "APPROVED", confirmed: true });
    expect(viewOf([opened, decision])).toMatchObject({ state: "APPROVED", confirmed: false });
    expect(viewOf([answer, decision, opened])).toMatchObject({ state: "APPROVED", confirmed: true });
  });
});

test("a file is open in every state but the two decisions, and in doubt by the flags that a look-up takes away", () => {
  expect(openStates).toEqual(["RECEIVED", "IN_ANALYSIS", "RETRY_REQUESTED", "AWAITING_DECISION", "ERROR"]);
  expect(flagsOfDoubt).toEqual(["conflict", "future-dated", "reopened", "unconfirmed"]);
});
