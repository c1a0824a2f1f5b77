import { Command, InvalidArgumentError } from "commander";
import { allFaultKinds, type FaultKind } from "./plan/fault-kinds.ts";

export type Options = {
  minutes: number;
  seed?: number;
  seeds?: number[];
  /** How many seeds run at the same time, each with a product and servers of its own. */
  atOnce: number;
  /** Postings per second. */
  rate: number;
  /** Seconds between two faults. */
  gap: number;
  faults: readonly FaultKind[];
  markdown?: string;
  json?: string;
  keep?: string;
};

/** The command line of `npm run test:chaos`. What is wrong with it ends the process with code 1 and one sentence. */
export function chaosCommand(): Command {
  return new Command("npm run test:chaos --")
    .description(
      "Runs the whole product on a Redis and a Postgres of its own, posts thousands of deliveries, kills, freezes, cuts and empties at random moments, and checks against a model that nothing is lost and nothing has effect twice.",
    )
    .option("--minutes <number>", "how long faults strike; healing and checking come on top", number(0.1, 600), 2)
    .option("--seed <number>", "plans the same deliveries and faults again (a random one)", wholeNumber)
    .option("--seeds <list>", "runs one after the other, for example 1,2,3, and sums them up", listOf(wholeNumber))
    .option("--at-once <number>", "seeds that run at the same time: the machine is the busier for it", number(1, 16), 1)
    .option("--rate <number>", "postings per second", number(1, 1_000), 20)
    .option("--gap <seconds>", "between two faults, on average", number(0.1, 600), 2.4)
    .option("--faults <list>", "only these kinds, separated by commas", listOf(faultKind), allFaultKinds)
    .option("--markdown <file>", "appends the table")
    .option("--json <file>", "writes the figures of every run")
    .option("--keep <folder>", "keeps what the processes said (a temporary folder, kept when something fails)")
    .addHelpText("after", help);
}

export function parseOptions(argv: readonly string[], command = chaosCommand()): Options {
  return command.parse(argv).opts<Options>();
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a number from ${min} to ${max}.`);
  };
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number of at most nine digits.");
}

function faultKind(text: string): FaultKind {
  const kind = allFaultKinds.find((name) => name === text);
  if (kind) return kind;
  throw new InvalidArgumentError(`There is no ${text}; there are ${allFaultKinds.join(", ")}.`);
}

function listOf<T>(parse: (text: string) => T): (text: string) => T[] {
  return (text) => [...new Set(text.split(",").map((part) => parse(part.trim())))];
}

const help = `
Faults:
  ${allFaultKinds.join("\n  ")}

Each strikes equally often. The table tells, by kind of fault: how often it struck; how many deliveries that were answered were
under way, in all and at most; how many of those answered after it are lost, or had effect twice; and how long it took, at the
median and at most, until all that was answered before its end was settled.

Ends with 0 when every check holds, and with 1 otherwise: then with the seed, the first offenders, and where the processes' output
is. The seed plans deliveries, faults, their moments and lengths; what the machine makes of them may differ.
DATABASE_URL and REDIS_URL are not read: the servers are the suite's own. Ctrl-C stops all it started.`;
