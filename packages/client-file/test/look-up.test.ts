import { readLookUp } from "@receiver/contracts";
import { describe, expect, test } from "vitest";
import { lookUpEvent } from "../src/extract-event.ts";
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
  test("bears the uuid that was asked for and the number that came, at the time of the question, and nothing personal", () => {
    const documents = [
      {
        id: 12,
        type: "CNI",
        contentMap: { document_expiry: "31/12/2030", name: "KOFFI" },
        verifications: [{ type: "BD_CHECK", status: "retry", attempt: 2 }],
      },
    ];
    const event = lookedUp({ id: 456, status: "VALIDER", reasons: ["KOFFI"], documents });
    expect(event).toEqual({
      ...asked,
      source: "GET",
      webhookId: null,
      futureDated: false,
      fileNumber: "456",
      externalId: null,
      fileCreatedAt: null,
      status: "VALIDER",
      score: null,
      errorCodes: [],
      documents: [{ id: "12", space: "analysis", type: "CNI", expiry: { day: "2030-12-31", disagree: false } }],
      verifications: [
        { documentId: "12", documentType: "CNI", verification: "DB", status: "RETRY", confidence: null, attempt: 2 },
      ],
      decision: null,
      withdraws: null,
    });
    expect(JSON.stringify(event)).not.toContain("KOFFI");
  });

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
