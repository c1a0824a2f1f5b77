import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { type Options, parseOptions, simulateCommand } from "../../src/simulate/options.ts";
import { planDeliveries } from "../../src/simulate/plan-deliveries.ts";

const NOW = new Date("2026-11-22T10:00:00.000Z");

function parse(...args: string[]): Options {
  const command = simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return parseOptions(["node", "simulate", ...args], command);
}
const plan = (...args: string[]) => planDeliveries(parse(...args), NOW);
const namesOf = (...args: string[]) => plan(...args).deliveries.map(({ name }) => name);

describe("what is posted", () => {
  it("is the four documented messages by their timestamps, the RETRY first of the two that bear one", () => {
    expect(namesOf("--documented")).toEqual([
      "documented-document-to-analyse-received.json",
      "documented-retry-document-verification.json",
      "documented-analysis-result.json",
      "documented-client-file-status-changed.json",
    ]);
  });

  it("is one case by its timestamps, the flat form by its own time", () => {
    expect(namesOf("--case", "2").map((name) => name.slice("case-02-".length, -".json".length))).toEqual([
      "document-to-analyse-received-02",
      "retry-document-verification-01",
      "retry-document-verification-02",
      "retry-document-verification-03",
      "analysis-result-02",
      "client-file-status-changed-02",
    ]);
    expect(namesOf("--case", "9")[0]).toBe("case-09-legacy-flat-02.json");
  });

  it("is any file as it is, because a body that must not be applied is worth posting too", () => {
    const path = new URL("../../../packages/contracts/fixtures/bad/01-truncated-json.json", import.meta.url).pathname;
    expect(namesOf("--file", path, path)).toEqual(["01-truncated-json.json", "01-truncated-json.json"]);
  });

  it("goes one at a time where the order is the point, and at 50 per second where it isn't", () => {
    expect(plan("--documented")).toMatchObject({ concurrency: 1, perSecond: null });
    expect(plan("--files", "3")).toMatchObject({ concurrency: 64, perSecond: 50 });
    expect(plan("--files", "3", "--rate", "0")).toMatchObject({ perSecond: null });
    expect(plan("--case", "2", "--rate", "2")).toMatchObject({ concurrency: 1, perSecond: 2 });
  });

  it("is new in every run, and the same again with the seed that the run told", () => {
    const bodies = (...args: string[]) => plan(...args).deliveries.map(({ body }) => Buffer.from(body).toString());
    const unseeded = bodies("--files", "5");
    const later = planDeliveries(parse("--files", "5"), new Date(NOW.getTime() + 1));
    expect(later.deliveries.map(({ body }) => Buffer.from(body).toString())).not.toEqual(unseeded);
    expect(plan("--files", "5").note).toContain("--seed 2026-11-22T10:00:00.000Z");
    expect(bodies("--files", "5", "--seed", NOW.toISOString())).toEqual(unseeded);
    expect(bodies("--files", "5", "--seed", "monday")).toEqual(bodies("--files", "5", "--seed", "monday"));
  });

  it("says which cases there are when the one asked for isn't", () => {
    expect(() => plan("--case", "4")).toThrow("there is no case 4; there are 1, 2, 3, 5, 6, 9");
    expect(() => plan("--file", "nowhere.json")).toThrow("can't read nowhere.json");
  });
});

describe("the command line", () => {
  it.each([
    [[]],
    [["--documented", "--case", "2"]],
    [["--files", "0"]],
    [["--files", "ten"]],
    [["--files", "10", "--duplicates", "101"]],
    [["--nonsense"]],
  ])("refuses %j", (args) => {
    expect(() => parse(...args)).toThrow(CommanderError);
  });
});
