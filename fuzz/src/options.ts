import { Command, InvalidArgumentError } from "commander";
import { ANSWER_WITHIN_MS } from "./send/exchange.ts";

export type Options = { bodies: number; seed?: number; only?: number };

/** The command line of `npm run test:fuzz`. What is wrong with it ends the process with code 1 and one sentence. */
export function fuzzCommand(): Command {
  return new Command("npm run test:fuzz --")
    .description(
      "Runs the whole product on a Redis and a Postgres of its own, sends it what no sender should, and checks that nothing falls over and that no client file changes by a body that the contract refuses.",
    )
    .option("--bodies <number>", "how many inputs are sent", wholeNumber(1, 10_000_000), 20_000)
    .option("--seed <number>", "sends the same inputs again (a random one)", wholeNumber(0, 999_999_999))
    .option(
      "--only <number>",
      "sends one input of that seed: the number that a finding names",
      wholeNumber(0, 10_000_000),
    )
    .addHelpText("after", help);
}

export function parseOptions(argv: readonly string[], command = fuzzCommand()): Options {
  return command.parse(argv).opts<Options>();
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  };
}

const help = `
What is sent: messages as they are; fixtures with a field of a wrong type, a huge number, deep nesting, odd characters, keys of
prototypes, keys twice, NUL, half characters; fixtures with bytes flipped, cut short, two in one; JSON by its grammar; raw bytes;
odd headers, lengths, codings, methods and URLs. Each input on a connection of its own.

Ends with 0 when: no answer is 500 or above; each input is answered within ${ANSWER_WITHIN_MS / 1_000} s, and as the contract allows for it; every
body answered 2xx is in the ledger and nothing else is; no client file changed but by a delivery that the contract takes; the
processes are those of the beginning and logged no error; an operator can look at what came of it; and memory is flat: the least
heap in use in the last quarter of the run lies at most 12 MiB above that of the quarter before, and the least resident memory 48
MiB. Runs of less than 20 s are too short to say so of memory. Otherwise with 1, the findings, and where the processes' output is.
DATABASE_URL and REDIS_URL are not read: the servers are the run's own. Ctrl-C stops all it started.`;
