import type { ClientFileEvent } from "@receiver/events";
import { describe, expect, test } from "vitest";
import { explainChange } from "../src/explain-change.ts";
import { event, result, retry, says, viewOf } from "./events.ts";

const upload = event({ source: "UPLOAD", fileUuid: "u" });

const changeBy = (before: ClientFileEvent[], ...added: ClientFileEvent[]) =>
  explainChange(before.length === 0 ? null : viewOf(before), viewOf([...before, ...added]));

describe("the first version of a file", () => {
  test("is received", () => {
    expect(changeBy([], upload)).toEqual({ changed: true, type: "client_file.received" });
  });

  test.each([
    [says("STATUS", "VALIDER"), "client_file.approved"],
    [says("STATUS", "REJETER"), "client_file.rejected"],
    [says("STATUS", "A_TRAITER"), "client_file.state_changed"],
    [retry(), "verification.retry_requested"],
  ])("is told by what it already is, when the upload is not the first to arrive", (first, type) => {
    expect(changeBy([], first)).toEqual({ changed: true, type });
  });
});

describe("the most specific type", () => {
  const approved = says("STATUS", "VALIDER");
  const expiring = (day: string) =>
    says("ANALYSIS", "ANALYZED", {
      documents: [{ id: "1", space: "analysis", type: "CNI", expiry: { day, disagree: false } }],
    });

  test.each<[string, ClientFileEvent[], ClientFileEvent, string]>([
    ["a conflict", [approved], says("STATUS", "REJETER", { occurredAt: approved.occurredAt }), "client_file.conflict"],
    ["an approval", [upload, retry()], says("STATUS", "VALIDER"), "client_file.approved"],
    ["a refusal", [upload], says("STATUS", "REJETER"), "client_file.rejected"],
    ["a reversal", [approved], says("STATUS", "REJETER"), "client_file.rejected"],
    ["a report on a decided file", [approved], says("ANALYSIS", "ANALYZED"), "client_file.reopened"],
    ["a decision that is left", [approved], says("STATUS", "A_TRAITER"), "client_file.reopened"],
    ["a third attempt", [retry({ attempt: 2 })], retry({ attempt: 3 }), "verification.escalated"],
    ["a first attempt", [upload], retry(), "verification.retry_requested"],
    ["a second attempt", [retry()], retry(), "verification.retry_requested"],
    ["an expired document, which a notice tells of", [upload], expiring("2020-01-01"), "client_file.state_changed"],
    ["a document that runs out, likewise", [upload], expiring("2026-12-20"), "client_file.state_changed"],
    ["anything else", [upload], says("STATUS", "IN_PROGRESS"), "client_file.state_changed"],
    ["an unknown status", [upload], says("STATUS", "NOUVEAU"), "client_file.state_changed"],
  ])("of %s", (_, before, added, type) => {
    expect(changeBy(before, added)).toEqual({ changed: true, type });
  });

  test("of a file that was reopened before and now leaves its decision is reopened again", () => {
    expect(changeBy([approved, retry()], says("STATUS", "A_TRAITER")).type).toBe("client_file.reopened");
  });

  test("of a file on which nothing happened is stalled", () => {
    const view = viewOf([upload]);
    expect(explainChange(view, { ...view, flags: ["stalled"] })).toEqual({
      changed: true,
      type: "client_file.stalled",
    });
  });
});

describe("a retry", () => {
  test.each([
    [{ documentId: "1001" }, { documentId: "1002" }],
    [{ verification: "FACE_MATCH" }, { verification: "MRZ" }],
  ])("is told when its own counter rises, not because another stands higher: %j, %j", (one, other) => {
    const before = [retry(one), retry({ ...other, attempt: 2 })];
    expect(changeBy(before, says("ANALYSIS", "ANALYZED")).type).toBe("client_file.state_changed");
    expect(changeBy(before, retry(one)).type).toBe("verification.retry_requested");
  });
});

describe("nothing changed", () => {
  test("for the same view, and for the same meaning in other bytes", () => {
    const decision = says("STATUS", "VALIDER", { fileUuid: "u" });
    expect(changeBy([decision]).changed).toBe(false);
    expect(changeBy([decision], { ...decision, eventId: "other bytes" }).changed).toBe(false);
  });

  test("where only scores, documents, ids or dates differ", () => {
    const documents = [{ id: "1", space: "upload", type: "CNI", expiry: { day: null, disagree: false } }] as const;
    const more = event({ source: "UPLOAD", fileUuid: "u", externalId: "A", documents: [...documents] });
    expect(changeBy([upload], more).changed).toBe(false);
    expect(changeBy([upload, says("STATUS", null)], says("STATUS", null, { score: 0.9 })).changed).toBe(false);
  });
});

describe("something changed", () => {
  test("where a flag was lowered", () => {
    expect(changeBy([says("STATUS", "VALIDER")], upload)).toEqual({ changed: true, type: "client_file.state_changed" });
  });

  test("where a retry was settled and another keeps the file where it is", () => {
    const before = [retry(), retry({ documentId: "1002" })];
    const executed = says("RETRY", "IN_PROGRESS", {
      verifications: [result({ status: "EXECUTED" }), result({ documentId: "1002", attempt: 1 })],
    });
    expect(viewOf([...before, executed]).state).toBe("RETRY_REQUESTED");
    expect(changeBy(before, executed).changed).toBe(true);
  });
});
