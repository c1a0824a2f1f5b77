import { Command, InvalidArgumentError } from "commander";
import { wholeNumber } from "../command-line/whole-number.ts";

export type Selection = {
  rate: number;
  company?: string;
  since?: Date;
  askedBefore?: Date;
};

/** `by` and `reason`: what changes a file bears a name, and only a dry run changes none. */
export type Options = Selection & ({ dryRun: true } | { dryRun?: undefined; by: string; reason: string });

/** Danaya documents no limit: two questions a second are 7,200 files an hour, and load nobody. */
const DEFAULT_RATE = 2;
const MAX_RATE = 100;

function askAgainCommand(): Command {
  return new Command("npm run ask-again --")
    .description("Asks Danaya's API about every open client file, and folds what it says: after a restore, above all.")
    .option("--reason <text>", "why; it stands in the audit log")
    .option("--by <name>", "who; it stands in the audit log")
    .option("--dry-run", "only counts: asks nobody, changes nothing")
    .option("--rate <number>", "questions per second at most", wholeNumber(1, MAX_RATE), DEFAULT_RATE)
    .option("--company <id>", "files of one company only")
    .option("--since <time>", "only files whose last event is not older", time)
    .option("--asked-before <time>", "leaves out who has answered since: goes on with a run that was interrupted", time)
    .addHelpText("after", help);
}

/** The command line of `npm run ask-again`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseOptions(argv: readonly string[]): Options {
  const command = askAgainCommand();
  const options = command.parse(argv).opts<Options>();
  if (!options.dryRun && !(options.by && options.reason)) {
    command.error("error: say who asks and why, with --by and --reason; --dry-run needs neither");
  }
  return options;
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** With a zone: without one, it would be that of whoever types. */
function time(text: string): Date {
  const read = new Date(ISO_TIME.test(text) ? text : Number.NaN);
  if (!Number.isNaN(read.getTime())) return read;
  throw new InvalidArgumentError("Write it like 2026-11-22T12:00:00Z.");
}

const help = `
Open is a file without a decision, and one whose decision is in doubt (conflict, future-dated, reopened, unconfirmed). It can be asked
for by the uuid of its upload alone: where only the number is known, register the uuid with POST /api/client-files.

Environment: DATABASE_URL; DANAYA_API_URL, DANAYA_API_KEY and DANAYA_API_SECRET unless --dry-run, and CONFIRM as the workers have it.

Examples:
  npm run ask-again -- --dry-run
  npm run ask-again -- --by ama --reason "restore of 22 November"
  npm run ask-again -- --by ama --reason "restore of 22 November" --asked-before 2026-11-22T12:00:00Z

Ends with 0 when Danaya answered for every file (not found is an answer), with 1 when some could not be asked or their
answer not be read, with 78 when the environment is wrong, and with 130 after Ctrl-C. It may be run again at any time.`;
