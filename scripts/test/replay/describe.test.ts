import type { FileChange } from "@receiver/ledger";
import { describe, expect, it } from "vitest";
import { describeForetold, describeSent } from "../../src/replay/describe.ts";
import { filesOf } from "../../src/replay/foretell.ts";

const change = (clientFileId: string, state: FileChange["state"], flags: FileChange["flags"]): FileChange => ({
  clientFileId,
  version: 2,
  changed: true,
  state,
  flags,
  reversed: false,
});
const changes = [
  change("0198-a", { before: "RECEIVED", after: "IN_ANALYSIS" }, { before: [], after: ["orphan"] }),
  change("0198-b", { before: null, after: "RECEIVED" }, { before: [], after: [] }),
  change("0198-a", { before: "IN_ANALYSIS", after: "APPROVED" }, { before: ["orphan"], after: ["unconfirmed"] }),
];
const foretold = {
  deliveryIds: ["d1", "d2", "d3"],
  failing: [{ deliveryId: "d4", code: "INTERNAL" as const }],
  stillQuarantined: [],
  files: filesOf(changes),
  cutOff: false,
};

describe("a dry run", () => {
  it("tells each file once, from before its first change to after its last", () => {
    expect(describeForetold(4, foretold)).toEqual([
      "",
      "  file         state                 flags",
      "  0198-a       RECEIVED → APPROVED   none → unconfirmed",
      "  a new file   RECEIVED              none",
      "",
      "3 of 4 that match would be applied once more; 2 files would change",
      "1 would still fail:",
      "  d4 INTERNAL",
      "nothing was changed",
    ]);
  });

  it("says when it was cut off, because what it doesn't tell may change too", () => {
    expect(describeForetold(900, { ...foretold, cutOff: true })).toContain(
      "cut off after 4 of 900, so as not to hold up their files; a narrower filter tells of the others",
    );
  });
});

it("what was done names the refused up to a screenful, what was left to the sweeper, and an interruption", () => {
  const stillQuarantined = Array.from({ length: 25 }, (_, n) => `q${n}`);
  const sent = {
    sent: 500,
    stillQuarantined,
    failing: [{ deliveryId: "e1", code: "BODY_ERASED" as const }],
    leftToSweeper: 50,
    code: "REDIS_UNAVAILABLE" as const,
    interrupted: true,
  };
  const lines = describeSent(1_200, sent);
  expect(lines).toHaveLength(1 + 22 + 2 + 2);
  expect(lines).toContain("  e1 BODY_ERASED");
  expect(lines[0]).toBe("sent 500 of 1200 that matched");
  expect(lines).toContain("  and 5 more");
  expect(lines.at(-2)).toMatch(/^50 .*REDIS_UNAVAILABLE.*sweeper/);
  expect(lines.at(-1)).toMatch(/run it again/);
});
