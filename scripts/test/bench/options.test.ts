import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { benchCommand, parseBenchOptions } from "../../src/bench/options.ts";

const parse = (...args: string[]) =>
  parseBenchOptions(
    ["node", "bench", ...args],
    benchCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined }),
  );

test("without a word it is short", () => {
  expect(parse()).toEqual({ seconds: 5, connections: 64, rate: 100, files: 500 });
});

test("how long, how wide, how fast and how much are whole numbers, and the figures may be kept", () => {
  const args = ["--seconds", "60", "--connections", "200", "--rate", "50", "--files", "9", "--json", "figures.json"];
  expect(parse(...args)).toEqual({ seconds: 60, connections: 200, rate: 50, files: 9, json: "figures.json" });
});

test.each([
  ["--seconds", "0"],
  ["--rate", "fast"],
  ["--files", "1.5"],
])("%s %s is refused, because a figure of something else would be believed", (...args) => {
  expect(() => parse(...args)).toThrow(CommanderError);
});
