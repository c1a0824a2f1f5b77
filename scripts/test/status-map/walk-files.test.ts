import { expect, test, vi } from "vitest";
import type { AlikeChanges, Stretch } from "../../src/status-map/ask-ops.ts";
import { walkFiles } from "../../src/status-map/walk-files.ts";

const rejected = (files: number, ...examples: string[]): AlikeChanges => ({
  state: { before: "RECEIVED", after: "REJECTED" },
  ...{ flagsRaised: [], flagsCleared: ["unknown-status"], files, examples },
});
const approved: AlikeChanges = { ...rejected(5, "e"), state: { before: "RECEIVED", after: "APPROVED" } };

/** Three calls' worth of files. */
const stretches: Record<string, Stretch> = {
  null: { looked: 400, files: 900, touched: 3, changes: [rejected(2, "a", "b")], nextCursor: "400" },
  "400": { looked: 400, files: 900, touched: 7, changes: [approved, rejected(2, "c", "d")], nextCursor: "800" },
  "800": { looked: 100, files: 900, touched: 2, changes: [rejected(2, "f", "g")], nextCursor: null },
};
const call = async (cursor: string | null) => stretches[String(cursor)] as Stretch;

test("a walk goes on until all files were looked at, tells how far it is, and adds up what changes alike", async () => {
  const progress = vi.fn();
  const end = await walkFiles({ signal: new AbortController().signal, progress }, call);
  expect(end).toEqual({
    touched: 12,
    changes: [{ ...rejected(6), examples: ["a", "b", "c", "d", "f"] }, approved],
    interrupted: false,
  });
  expect(progress.mock.calls).toEqual([
    [400, 900],
    [800, 900],
    [900, 900],
  ]);
});

test("Ctrl-C ends it behind the call at hand, and it says that there is more", async () => {
  const interrupted = new AbortController();
  const end = await walkFiles({ signal: interrupted.signal, progress: () => interrupted.abort() }, call);
  expect(end).toEqual({ touched: 3, changes: [rejected(2, "a", "b")], interrupted: true });
});

test("Ctrl-C in the last call interrupts nothing", async () => {
  const interrupted = new AbortController();
  const progress = (looked: number) => looked === 900 && interrupted.abort();
  expect(await walkFiles({ signal: interrupted.signal, progress }, call)).toMatchObject({ interrupted: false });
});
