import type { ClientFileEvent } from "@receiver/events";
import { describe, expect, test } from "vitest";
import { viewFor } from "../src/view-for.ts";
import { event, retry, says, viewOf } from "./events.ts";

const upload = event({ source: "UPLOAD", fileUuid: "u" });
const approved = says("STATUS", "VALIDER");
const abandon = () => event({ source: "ABANDON" });

describe("a file waits", () => {
  test.each<[string | null, string, ClientFileEvent[]]>([
    ["RECEIVED", "that was uploaded", [upload]],
    ["RETRY_REQUESTED", "of which a check is to be run again", [upload, retry()]],
    ["AWAITING_DECISION", "that was analysed", [says("ANALYSIS", "ANALYZED")]],
    ["ERROR", "that failed", [says("STATUS", "ERREUR")]],
    [null, "that is decided", [approved]],
    [null, "that is decided and was reported on", [approved, says("ANALYSIS", "ANALYZED")]],
    [null, "that an operator gave up", [retry(), abandon()]],
    [null, "that was given up, and is found as it was when asked about", [retry(), abandon(), says("GET", "RETRY")]],
    ["AWAITING_DECISION", "that moved when it was asked about", [retry(), abandon(), says("GET", "A_TRAITER")]],
    ["RETRY_REQUESTED", "that is spoken of after it was given up", [retry(), abandon(), retry()]],
  ])("for %s: one %s", (waitsFor, _, events) => {
    expect(viewOf(events).waitsFor).toBe(waitsFor);
  });

  test("for who vouches, while its decision is not released, given up or not", () => {
    for (const events of [[approved], [approved, abandon()]])
      expect(viewOf(events, { confirm: "decisions" }).waitsFor).toBe("UNCONFIRMED");
    expect(viewOf([approved, says("GET", "VALIDER")], { confirm: "decisions" }).waitsFor).toBeNull();
  });
});

test("the clock stalls nothing that waits for nothing", () => {
  const stalled = { stalledByClock: true };
  expect(viewOf([retry()], stalled).flags).toContain("stalled");
  expect(viewOf([retry(), abandon()], stalled).flags).not.toContain("stalled");
  expect(viewOf([approved], stalled).flags).not.toContain("stalled");
});

test("no customer is shown that his file stands still, because it does so longer where somebody looks into it", () => {
  const view = viewOf([upload], { stalledByClock: true });
  expect(viewFor("operations", view).flags).toEqual(["stalled"]);
  expect(viewFor("customer", view).flags).toEqual([]);
});
