import { describe, expect, test } from "vitest";
import { notificationBody, notificationTypes } from "../src/index.ts";
import { notificationOf } from "./notifications.ts";

const parses = (body: unknown): boolean => notificationBody.safeParse(body).success;

describe("what subscribers are told", () => {
  test("the types are the twelve that subscribers were given", () => {
    expect([...notificationTypes].sort()).toEqual([
      "client_file.approved",
      "client_file.conflict",
      "client_file.received",
      "client_file.rejected",
      "client_file.reopened",
      "client_file.stalled",
      "client_file.state_changed",
      "delivery.quarantined",
      "document.expired",
      "document.expiring",
      "verification.escalated",
      "verification.retry_requested",
    ]);
  });

  test.each(notificationTypes)("a complete %s is kept as it is", (type) => {
    expect(notificationBody.parse(notificationOf(type))).toEqual(notificationOf(type));
  });

  test("a key that the contract doesn't name can't go out, wherever it stands", () => {
    const body = notificationOf("verification.escalated");
    const leaking = {
      ...body,
      body: "raw",
      data: { ...body.data, lastName: "KOFFI", retries: [{ ...retryOf(body.data), comparedImageBase64: "…" }] },
    };
    expect(notificationBody.parse(leaking)).toEqual(body);
  });

  test("a verification's notification bears its counters, and the step of the clock where there is one", () => {
    const body = notificationOf("verification.retry_requested");
    expect(parses({ ...body, data: { ...body.data, followUp: "reminder" } })).toBe(true);
    expect(parses({ ...body, data: { ...body.data, followUp: "later" } })).toBe(false);
    expect(parses({ ...body, data: notificationOf("client_file.approved").data })).toBe(false);
  });

  test("an unknown type, state or flag is our mistake and doesn't go out", () => {
    const body = notificationOf("client_file.approved");
    expect(parses({ ...body, type: "client_file.archived" })).toBe(false);
    expect(parses({ ...body, data: { ...body.data, state: "VALIDER" } })).toBe(false);
    expect(parses({ ...body, data: { ...body.data, flags: ["late"] } })).toBe(false);
  });

  test("its time bears its zone", () => {
    const body = notificationOf("client_file.approved");
    expect(parses({ ...body, timestamp: "2025-10-17T12:15:00" })).toBe(false);
  });
});

function retryOf(data: ReturnType<typeof notificationOf>["data"]): object {
  return "retries" in data ? (data.retries[0] ?? {}) : {};
}
