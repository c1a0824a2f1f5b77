import { Command } from "commander";
import { moment } from "../command-line/moment.ts";

export type DriftOptions = { since?: Date; json?: true };

/** The command line of `npm run drift`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseDriftOptions(argv: readonly string[]): DriftOptions {
  return new Command("npm run drift --")
    .description("Tells by name what Danaya sends and the contract doesn't know: fields, statuses, types, codes.")
    .option("--since <time>", "what was first seen at that time or later", moment)
    .option("--json", "a line of JSON for each")
    .addHelpText("after", help)
    .parse(argv)
    .opts<DriftOptions>();
}

const help = `
Works on DATABASE_URL, else on the database of the running npm start. Reads only. Of deliveries that wait in observe mode,
npm run observe tells.

Examples:
  npm run drift -- --since 2026-11-20
  npm run drift -- --json | jq -r .name

Ends with 0, with 1 when the database could not be read, and with 78 when there is none to work on.`;
