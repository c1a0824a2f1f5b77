import { classify } from "@receiver/contracts";
import { extractEvent, registrationEvent } from "@receiver/events";
import { expect, test } from "vitest";
import { at, viewOf } from "./events.ts";

test("the retries of documents without an id are counted apart where their types differ", () => {
  const unnamed = (type?: string) => ({ type, verificationResults: [{ type: "MRZ", status: "RETRY" }] });
  const payload = { id: 7, documents: [unnamed("CNI"), unnamed("PASSEPORT"), unnamed()] };
  const head = { webhookId: "w", companyId: 123, messageType: "RETRY_DOCUMENT_VERIFICATION" };
  const classified = classify(Buffer.from(JSON.stringify({ ...head, timestamp: "2026-10-01T12:00:00Z", payload })));
  if (classified.kind !== "message") throw new Error("not a message");
  const event = extractEvent(classified.message, { eventId: "e", payloadDigest: "p", receivedAt: at("12:00:00") });
  expect(viewOf([event]).retries).toHaveLength(3);
});

test("a registration opens a file like the upload that it stands for", () => {
  const said = { companyId: "123", fileUuid: "u-1", externalId: "client:1", occurredAt: at("12:00:00") };
  const event = registrationEvent({ eventId: "r", ...said });
  expect(viewOf([event])).toMatchObject({ state: "RECEIVED", externalId: "client:1", flags: [] });
});
