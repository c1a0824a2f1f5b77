import { expect, test } from "vitest";
import { describeObserved } from "../../src/observe/describe.ts";
import { foretellAll } from "../../src/observe/foretell-all.ts";
import { parseObserveOptions } from "../../src/observe/options.ts";

const nothing = {
  ...{ pending: 0, applied: [], changes: [], failing: [], refused: [], notifications: [], quarantined: [] },
  ...{ followUps: 0, drift: [] },
};
type Foretold = Awaited<ReturnType<Parameters<typeof foretellAll>[0]["deliveries"]["foretellPending"]>>;
const NOW = new Date("2026-11-22T12:00:00Z");

/** The report on what the ledger foretells. */
async function reportOn(foretold: Partial<Foretold>): Promise<string> {
  const deliveries = { foretellPending: async () => ({ ...nothing, ...foretold }) };
  return describeObserved(await foretellAll({ deliveries }, { limit: 10 }, NOW)).join("\n");
}

const step = (clientFileId: string, before: "RECEIVED" | null, after: "RECEIVED" | "APPROVED") => ({
  ...{ clientFileId, version: 1, changed: true, reversed: false },
  ...{ state: { before, after }, flags: { before: [], after: ["orphan" as const] } },
});
const sighting = (minute: number) => ({
  ...{ kind: "field" as const, messageType: "ANALYSIS_RESULT" as const, name: "payload.fresh" },
  ...{ deliveryId: `d${minute}`, seenAt: new Date(NOW.getTime() + minute * 60_000) },
});

test("tells of each file once, by the state that it would end in, and counts what is new by name", async () => {
  const report = await reportOn({
    pending: 4,
    applied: ["d1", "d2", "d3"].map((id) => ({ id, messageType: "ANALYSIS_RESULT" })),
    changes: [step("f1", null, "RECEIVED"), step("f1", "RECEIVED", "APPROVED"), step("f2", "RECEIVED", "APPROVED")],
    notifications: [{ type: "client_file.approved", subscriber: "core banking", count: 2 }],
    failing: [{ deliveryId: "d4", code: "INTERNAL" }],
    quarantined: [
      { messageType: "OF_TOMORROW", path: "messageType", rule: "must be known", count: 7, deliveryId: "d9" },
    ],
    drift: [sighting(2), sighting(1)],
  });
  expect(report).toMatch(/^4 deliveries wait; looked at 4\n/);
  expect(report).toMatch(/ANALYSIS_RESULT +3\n/);
  expect(report).toMatch(/APPROVED +1 +1\n/); // one opened, one changed
  expect(report).toMatch(/orphan +2\n/);
  expect(report).toMatch(/client_file.approved +core banking +2\n/);
  expect(report).toMatch(/d4 +INTERNAL\n/);
  expect(report).toMatch(/OF_TOMORROW +7 +messageType: must be known +d9\n/);
  expect(report).toMatch(/12:01Z +field +payload.fresh +ANALYSIS_RESULT +2 +2026-11-22T12:02Z +d1\n/);
  expect(report).toMatch(/nothing was changed$/);
});

test("says when there is more to look at than was looked at", async () => {
  expect(await reportOn({ pending: 9 })).toMatch(/^9 deliveries wait; looked at 0: --limit looks at more\n/);
});

test("looks at the oldest thousand unless told otherwise", () => {
  const parse = (...args: string[]) => parseObserveOptions(["node", "observe", ...args]);
  expect(parse()).toEqual({ limit: 1_000 });
  expect(parse("--since", "2026-11-20", "--limit", "5")).toEqual({ since: new Date("2026-11-20"), limit: 5 });
});
