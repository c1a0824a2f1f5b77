import { Command, InvalidArgumentError } from "commander";

export type Options = { files: number; seeds: number[]; only?: number; step: number };

/** The command line of `npm run test:world`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseOptions(argv: readonly string[]): Options {
  return new Command("npm run test:world --")
    .description(
      "Plays worlds of invented client files against the real ledger and a Danaya of our own, by a clock of theirs, and compares what came of it with what is true.",
    )
    .option("--files <number>", "files of each world", wholeNumber(1, 100_000), 200)
    .option("--seeds <list>", "one world of each, comma-separated", seedList, [1])
    .option("--only <number>", "one of the three ways to play it: 1, 2 or 3", wholeNumber(1, 3))
    .option("--step <minutes>", "what happens within so long happens at its end", wholeNumber(1, 60), 15)
    .addHelpText("after", help)
    .parse(argv)
    .opts<Options>();
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
}

const seedList = (text: string): number[] => text.split(",").map(wholeNumber(0, 999_999_999));

const help = `
A world has uploads, analyses, retries, decisions, reversals and resubmissions of ten days. Of its webhooks 10 % are lost, 10 % come
twice, 20 % late; of 1 % of its files somebody forges the approval; 7 % of the questions to its API fail. Each is played three ways: with Danaya's API and each upload
registered; with the API and none registered; without the API. No time passes while eighteen days do.

Ends with 0 when everything in the table holds, and with 1 otherwise. DATABASE_URL is not read: the database is the run's own.

Examples:
  npm run test:world                                          200 files, seed 1
  npm run test:world -- --files 2000 --seeds 1,2,3,4,5        minutes each
  npm run test:world -- --files 500 --seeds 7 --only 1        with the API, uploads registered`;
