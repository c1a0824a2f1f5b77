import { Command } from "commander";
import { wholeNumber } from "../command-line/whole-number.ts";

export type BenchOptions = { seconds: number; connections: number; rate: number; files: number; json?: string };

/** The command line of `npm run bench`. What is wrong with it ends the process with code 1 and one sentence. */
export function benchCommand(): Command {
  return new Command("npm run bench --")
    .description("Measures how fast the product is on this machine, beside a bare HTTP server, in about a minute.")
    .option("--seconds <number>", "how long each measurement lasts", wholeNumber(1, 3_600), 5)
    .option("--connections <number>", "that post as fast as they are answered", wholeNumber(1, 10_000), 64)
    .option("--rate <number>", "deliveries per second, through everything", wholeNumber(1, 10_000), 100)
    .option("--files <number>", "client files whose deliveries wait to be applied", wholeNumber(1, 100_000), 500)
    .option("--json <file>", "writes the figures there, too, for comparing")
    .addHelpText("after", help);
}

export const parseBenchOptions = (argv: readonly string[], command = benchCommand()): BenchOptions =>
  command.parse(argv).opts<BenchOptions>();

const help = `
What is measured, in one run, on a Redis and a Postgres of its own that are as durable as those of npm start:
  answers      decisions, each another one, are posted by all connections at once: to a bare Fastify server that reads them and
               answers, and to the ingress, which checks, seals, commits and answers. Three rounds of each, in turn; of the rounds the middle one.
  whole way    stories of files at a fixed rate through all apps: until they are answered, applied, and told to one subscriber.
  catching up  stories wait in the ledger; then the workers start. Counted from the first that is applied to the last.

The load is made on the same machine, and shares it. DATABASE_URL and REDIS_URL are not read. Ctrl-C stops all it started.

Ends with 0, and with 1 when an answer was none of 2xx, or when one was and its delivery is not in the ledger, or not applied.`;
