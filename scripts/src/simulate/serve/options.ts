import { Command } from "commander";
import { wholeNumber } from "../../command-line/whole-number.ts";

export type ServeOptions = {
  files: number;
  seed?: string;
  drop: number;
  duplicates: number;
  disorder: number;
  forged: number;
  bursts?: true;
  speed: number;
  port: number;
  slow: number;
  errors: number;
  busy: number;
  wrongJson: number;
  url?: string;
  token?: string;
  register?: true;
  once?: true;
};

const MAX_FILES = 20_000;
const MAX_SPEED = 86_400; // ten days in ten seconds, the shortest world
const DEFAULT_PORT = 3_003;

const percent = wholeNumber(0, 100);

/** The command line of `npm run simulate -- serve`. What is wrong with it ends the process with code 1 and one sentence. */
export function serveCommand(): Command {
  return new Command("npm run simulate -- serve")
    .description("Plays Danaya whole: ten days of invented files, their webhooks, and the API that knows what is true.")
    .option("--files <number>", "how many", wholeNumber(1, MAX_FILES), 200)
    .option("--speed <times>", "how many times faster than in life ten days go by", wholeNumber(1, MAX_SPEED), 60)
    .option("--seed <text>", "the same files again, ids included; times are those of the run")
    .option("--drop <percent>", "how many webhooks never come", percent, 0)
    .option("--duplicates <percent>", "how many come twice", percent, 0)
    .option("--disorder <percent>", "how many are late, and overtaken", percent, 0)
    .option("--forged <percent>", "how many files get a forged approval; at least one, unless 0", percent, 0)
    .option("--bursts", "holds all webhooks back for an hour of every four, and sends them at once")
    .option("--port <number>", "of the API, on this machine alone", wholeNumber(1, 65_535), DEFAULT_PORT)
    .option("--slow <percent>", "how many answers of the API take two seconds", percent, 0)
    .option("--errors <percent>", "how many are 500, 502 or 503", percent, 0)
    .option("--busy <percent>", "how many are 429, with Retry-After", percent, 0)
    .option("--wrong-json <percent>", "how many can't be read", percent, 0)
    .option("--register", "registers each upload with the running npm start, as a customer would")
    .option("--once", "ends after the last webhook, rather than with Ctrl-C")
    .option("--url <url>", "the ingress, or the whole webhook URL (PORT on this machine, else the running npm start)")
    .option("--token <token>", "the webhook token (first of DANAYA_WEBHOOK_TOKENS, else that of the running npm start)")
    .addHelpText("after", examples);
}

/** @throws CommanderError where the command is told to throw rather than to exit */
export function parseServeOptions(argv: readonly string[], command = serveCommand()): ServeOptions {
  const options = command.parse(argv, { from: "user" }).opts<ServeOptions>();
  const { slow, errors, busy, wrongJson } = options;
  if (slow + errors + busy + wrongJson > 100)
    command.error("error: --slow, --errors, --busy and --wrong-json are more than 100 percent together");
  return options;
}

const examples = `
Examples:
  npm run simulate -- serve --files 200 --seed 1 --drop 10 --duplicates 10 --disorder 20 --forged 1
  npm run simulate -- serve --files 50 --speed 14400 --register --once     ten days in a minute

It waits for an ingress, and prints first what tells others of its API: who has to be told at its start can be started after it.
The world begins with the run, and all dates are those of the run: at --speed 60 ten days take four hours, and what would
follow after an hour follows after a minute. So nothing is dated in the future, and webhooks and API agree on the time.

Ends with 0 when each webhook was answered 2xx and each upload was registered, and with 1 otherwise.`;
