import { clientFileStates, type State } from "@receiver/contracts";
import { Command, InvalidArgumentError } from "commander";
import { type ReasonOrDryRun, reasonOf, withReasonOrDryRun } from "../command-line/reason-or-dry-run.ts";

/** What is to be written into the map, and what is to be taken out of it. */
export type Rows = { set: Record<string, State>; remove: string[] };

/** `reason` null: a dry run. */
export type StatusMapActions = {
  show(json: boolean): Promise<void>;
  set(rows: Rows, reason: string | null, json: boolean): Promise<void>;
  refold(reason: string | null, json: boolean): Promise<void>;
};

type Json = { json?: true };
type Row = [status: string, state: State];

/** The command line of `npm run status-map`. What is wrong with it ends the process with code 1 and one sentence. */
export function statusMapCommand(actions: StatusMapActions): Command {
  const program = new Command("npm run status-map --")
    .description("Which state each of Danaya's statuses names: shows it, changes it, and folds the files anew by it.")
    .addHelpText("after", help);
  program
    .command("show", { isDefault: true })
    .description("prints the map in force")
    .option("--json", "as JSON")
    .action(({ json }: Json) => actions.show(json === true));
  const set = program
    .command("set")
    .description("puts a version with these rows in force; files keep their states until they are folded again")
    .argument("[rows...]", "STATUS=STATE, for example REFUSE=REJECTED", readRow, [])
    .option("--remove <status...>", "rows to take out", readStatus, []);
  withReasonOrDryRun(set)
    .option("--json", "tell it as JSON on standard output; progress goes to standard error")
    .action((rows: Row[], { remove, json, ...given }: ReasonOrDryRun & Json & { remove: string[] }) => {
      if (rows.length + remove.length === 0) set.error("error: name a row, for example REFUSE=REJECTED");
      return actions.set({ set: Object.fromEntries(rows), remove }, reasonOf(set, given), json === true);
    });
  const refold = program.command("refold").description("folds the files anew that the map in force reads otherwise");
  withReasonOrDryRun(refold)
    .option("--json", "tell it as JSON on standard output; progress goes to standard error")
    .action(({ json, ...given }: ReasonOrDryRun & Json) => actions.refold(reasonOf(refold, given), json === true));
  return program;
}

function readRow(text: string, before: Row[]): Row[] {
  const at = text.lastIndexOf("=");
  const state = clientFileStates.find((name) => name === text.slice(at + 1));
  if (at < 1 || state === undefined) {
    throw new InvalidArgumentError(`Write STATUS=STATE; the states are ${clientFileStates.join(", ")}.`);
  }
  return [...before, [spelled(text.slice(0, at)), state]];
}

const readStatus = (text: string, before: string[]): string[] => [...before, spelled(text)];

/** As the map spells it: statuses are read without regard to case and to spaces around. */
const spelled = (text: string): string => text.trim().toUpperCase();

const help = `
Examples:
  npm run status-map                                                         the map in force
  npm run status-map -- set REFUSE=REJECTED --dry-run                        what it would make of the files
  npm run status-map -- set REFUSE=REJECTED --reason "seen on 3 files"
  npm run status-map -- refold --reason "seen on 3 files"
  npm run status-map -- set --remove REFUSE --reason "a test of theirs"      and refold again: that takes it back

Works through ops, whose rules count: OPS_URL and OPS_LOGIN (name:password of an operator; to look, a viewer), else those of the
running npm start. Refolding runs beside the workers; interrupted, and run again, it changes what is left.

Ends with 0, with 1 when it could not be done, and with 130 when interrupted.`;
