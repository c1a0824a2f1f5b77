import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { parseReplayOptions, replayCommand } from "../../src/replay/options.ts";

const ID = "0f".repeat(20);

function parse(...args: string[]) {
  const command = replayCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return parseReplayOptions(["node", "replay", ...args], command);
}

describe("what is asked for", () => {
  it("is one delivery, with who and why", () => {
    expect(parse(ID, "--reason", "asked by the customer", "--as", "awa")).toEqual({
      selection: { id: ID },
      by: { actor: "cli:awa", reason: "asked by the customer" },
      json: false,
    });
  });

  it("or those that meet every condition; a day is its first moment in UTC", () => {
    const args = ["--status", "failed", "--error-code", "INTERNAL", "--message-type", "ANALYSIS_RESULT"];
    const more = ["--company-id", "123", "--from", "2026-11-01", "--to", "2026-11-02T08:00:00+01:00", "--json"];
    expect(parse(...args, ...more, "--dry-run")).toEqual({
      selection: {
        filter: {
          status: "failed",
          errorCode: "INTERNAL",
          messageType: "ANALYSIS_RESULT",
          companyId: "123",
          from: new Date("2026-11-01T00:00:00Z"),
          to: new Date("2026-11-02T07:00:00Z"),
        },
      },
      by: null,
      json: true,
    });
  });

  it("is done by this machine's user unless somebody else is named", () => {
    expect(parse(ID, "--reason", "r").by?.actor).toMatch(/^cli:\S+$/);
  });

  it.each([
    ["nothing, because a slip would send everything", [], /at least one condition/],
    ["only a reason", ["--reason", "r"], /at least one condition/],
    ["a delivery and a condition", [ID, "--status", "failed", "--dry-run"], /not both/],
    ["no reason where something is done", ["--status", "failed"], /--reason.*--dry-run/],
    ["an empty reason", [ID, "--reason", "  "], /500 characters/],
    ["a reason of two lines", [ID, "--reason", "a\nb"], /one line/],
    ["half an id", ["0f0f", "--dry-run"], /40 hexadecimal digits/],
    ["an unknown status", ["--status", "lost", "--dry-run"], /quarantined/],
    ["a day that isn't", ["--from", "2026-02-30", "--dry-run"], /2026-01-31/],
    ["a time without a zone", ["--to", "2026-01-31T08:30:00", "--dry-run"], /zone/],
    ["a code in lower case", ["--error-code", "internal", "--dry-run"], /INTERNAL/],
    ["a condition that doesn't exist", ["--state", "failed", "--dry-run"], /unknown option/],
  ])("is refused when it is %s", (_what, args, message) => {
    expect(() => parse(...args)).toThrow(CommanderError);
    expect(() => parse(...args)).toThrow(message);
  });
});
