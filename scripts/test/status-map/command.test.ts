import { CommanderError } from "commander";
import { describe, expect, test, vi } from "vitest";
import { statusMapCommand } from "../../src/status-map/command.ts";

/** What the words lead to, without anything being done. */
async function run(...words: string[]) {
  const actions = { show: vi.fn(async () => {}), set: vi.fn(async () => {}), refold: vi.fn(async () => {}) };
  const command = statusMapCommand(actions);
  for (const each of [command, ...command.commands])
    each.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  await command.parseAsync(["node", "status-map", ...words]);
  return actions;
}

describe("npm run status-map", () => {
  test("without a word shows the map in force", async () => {
    expect((await run()).show).toHaveBeenCalledExactlyOnceWith(false);
    expect((await run("show", "--json")).show).toHaveBeenCalledExactlyOnceWith(true);
  });

  test("writes rows as the map spells them, with the reason", async () => {
    const { set } = await run("set", "refuse=REJECTED", "EN ATTENTE=IN_ANALYSIS", "--remove", "ko", "--reason", "seen");
    const rows = { set: { REFUSE: "REJECTED", "EN ATTENTE": "IN_ANALYSIS" }, remove: ["KO"] };
    expect(set).toHaveBeenCalledExactlyOnceWith(rows, "seen", false);
  });

  test("changes nothing in a dry run, whatever reason is given beside it", async () => {
    const { set } = await run("set", "REFUSE=REJECTED", "--dry-run", "--reason", "seen");
    expect(set).toHaveBeenCalledExactlyOnceWith({ set: { REFUSE: "REJECTED" }, remove: [] }, null, false);
    expect((await run("refold", "--dry-run", "--json")).refold).toHaveBeenCalledExactlyOnceWith(null, true);
  });

  test.each([
    ["set", "--reason", "no row"],
    ["set", "REFUSE=REFUSED", "--reason", "no state of ours"],
    ["set", "=REJECTED", "--reason", "no status"],
    ["set", "REFUSE=REJECTED"],
    ["refold"],
    ["refold", "--reason", " "],
  ])("refuses %s %s: nobody is to change files by mistake, or without saying why", async (...words) => {
    await expect(run(...words)).rejects.toThrow(CommanderError);
  });
});
