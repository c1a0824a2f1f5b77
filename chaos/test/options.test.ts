import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { chaosCommand, parseOptions } from "../src/options.ts";
import { allFaultKinds } from "../src/plan/fault-kinds.ts";

const parse = (...args: string[]) =>
  parseOptions(
    ["node", "chaos", ...args],
    chaosCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined }),
  );

test("without a word it takes two minutes, and every kind of fault", () => {
  expect(parse()).toMatchObject({ minutes: 2, faults: allFaultKinds });
});

test("seeds and kinds are lists, and a part of a minute is a time, too", () => {
  expect(parse("--seeds", "1,2, 3", "--faults", "cut-redis,kill-ops", "--minutes", "0.5")).toMatchObject({
    ...{ seeds: [1, 2, 3], faults: ["cut-redis", "kill-ops"], minutes: 0.5 },
  });
});

test.each([
  ["--faults", "cut-cable"],
  ["--minutes", "soon"],
  ["--seeds", "1,,2"],
])("%s %s is refused, because a suite that tests something else proves nothing", (...args) => {
  expect(() => parse(...args)).toThrow(CommanderError);
});
