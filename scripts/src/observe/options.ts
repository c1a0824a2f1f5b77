import { Command } from "commander";
import { moment } from "../command-line/moment.ts";
import { wholeNumber } from "../command-line/whole-number.ts";

export type ObserveOptions = { since?: Date; limit: number; json?: true };

/** Some milliseconds each. */
const USUAL_LIMIT = 1_000;
const MAX_LIMIT = 100_000;

/** The command line of `npm run observe`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseObserveOptions(argv: readonly string[]): ObserveOptions {
  return new Command("npm run observe --")
    .description("Tells what would come of the deliveries that wait, if they were applied now. Changes nothing.")
    .option("--since <time>", "those that were received at that time or later", moment)
    .option("--limit <number>", "the oldest so many", wholeNumber(1, MAX_LIMIT), USUAL_LIMIT)
    .option("--json", "all of it as JSON, with the ids of deliveries")
    .addHelpText("after", help)
    .parse(argv)
    .opts<ObserveOptions>();
}

const help = `
For the first days on a real account, with OBSERVE=on: docs/first-days.md. Works on DATABASE_URL, else on the database of the
running npm start. Give it what the workers are given: MASTER_KEYS to open bodies; DANAYA_API_URL and CONFIRM, since with an API a
decision waits for its word. Nobody is asked. Deliveries of each file are applied together, in the order
of their receipt, in a transaction that is rolled back.

Examples:
  npm run observe
  npm run observe -- --since 2026-11-20 --limit 10000
  npm run observe -- --json | jq .drift

Ends with 0, and with 1 when some deliveries could not be applied, or the database not be read.`;
