import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { fuzzCommand, parseOptions } from "../src/options.ts";

const parse = (...args: string[]) =>
  parseOptions(
    ["node", "fuzz", ...args],
    fuzzCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined }),
  );

test("without a word it sends twenty thousand, of a seed that it draws", () => {
  expect(parse()).toEqual({ bodies: 20_000 });
});

test("a seed, a number of bodies and one of them are whole numbers", () => {
  expect(parse("--seed", "7", "--bodies", "300", "--only", "12")).toEqual({ seed: 7, bodies: 300, only: 12 });
});

test.each([
  ["--bodies", "0"],
  ["--seed", "x"],
  ["--only", "1.5"],
])("%s %s is refused, because a run that sends something else proves nothing", (...args) => {
  expect(() => parse(...args)).toThrow(CommanderError);
});
