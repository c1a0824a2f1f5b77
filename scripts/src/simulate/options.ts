import { Command, Option } from "commander";
import { wholeNumber } from "../command-line/whole-number.ts";

export type Options = {
  case?: number;
  file?: string[];
  documented?: true;
  files?: number;
  rate?: number;
  duplicates: number;
  disorder: number;
  seed?: string;
  url?: string;
  token?: string;
};

const MAX_FILES = 1_000_000;
const MAX_RATE = 100_000;

/** The command line of `npm run simulate`. What is wrong with it ends the process with code 1 and one sentence. */
export function simulateCommand(): Command {
  return new Command("npm run simulate --")
    .description("Plays Danaya: posts webhooks to a running ingress and tells what it answered.")
    .addOption(modeOption("--documented", "the four documented messages, in the order of their timestamps"))
    .addOption(modeOption("--case <number>", "the deliveries of one invented case").argParser(wholeNumber(1, 99)))
    .addOption(modeOption("--file <path...>", "any files, as they are"))
    .addOption(
      modeOption("--files <number>", "stories of so many invented client files").argParser(wholeNumber(1, MAX_FILES)),
    )
    .option("--rate <number>", "deliveries per second; 0: as fast as it goes (--files: 50)", wholeNumber(0, MAX_RATE))
    .option("--duplicates <percent>", "how many are sent twice", wholeNumber(0, 100), 0)
    .option("--disorder <percent>", "how many are overtaken by others", wholeNumber(0, 100), 0)
    .option("--seed <text>", "tells the same stories again, ids and times included")
    .option("--url <url>", "the ingress, or the whole webhook URL (PORT on this machine, else the running npm start)")
    .option("--token <token>", "the webhook token (first of DANAYA_WEBHOOK_TOKENS, else that of the running npm start)")
    .addHelpText("after", examples);
}

/** @throws CommanderError where the command is told to throw rather than to exit */
export function parseOptions(argv: readonly string[], command = simulateCommand()): Options {
  const options = command.parse(argv).opts<Options>();
  if (modes.every((mode) => options[mode] === undefined)) {
    command.error(`error: choose one of ${modes.map((mode) => `--${mode}`).join(", ")}; --help shows examples`);
  }
  return options;
}

const modes = ["documented", "case", "file", "files"] as const;

/** One of several ways to say what is posted; they exclude each other. */
function modeOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.conflicts(modes.filter((mode) => mode !== option.attributeName()));
}

const examples = `
Examples:
  npm run simulate -- serve --help                     the API and ten days of webhooks of one world of files
  npm run simulate -- --documented                     the four documented messages
  npm run simulate -- --case 2                         three face-match retries, escalated, approved
  npm run simulate -- --file message.json              any body
  npm run simulate -- --files 1000 --rate 50           a thousand files, 50 deliveries a second
  npm run simulate -- --files 100 --duplicates 10 --disorder 20 --seed monday

Ends with 0 when each delivery was answered 2xx, and with 1 otherwise. Ctrl-C tells the answers so far.`;
