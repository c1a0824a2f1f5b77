import { type Command, InvalidArgumentError } from "commander";

/** Cc: control characters. Cs: a surrogate without its other half. Postgres takes neither in a text. */
export const printable = (max: number) => new RegExp(`^(?=.*\\S)[^\\p{Cc}\\p{Cs}]{1,${max}}$`, "u");

export function matching(pattern: RegExp, what: string): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`Write ${what}.`);
  };
}

export type ReasonOrDryRun = { dryRun?: true | undefined; reason?: string | undefined };

/** The options of a command that changes files, or tells what it would change. */
export const withReasonOrDryRun = (command: Command): Command =>
  command
    .option("--dry-run", "tell which files would change and how, and change nothing")
    .option("--reason <text>", "why, for the audit", matching(printable(500), "up to 500 characters on one line"));

/** @returns null for a dry run. Without either the command ends with a sentence. */
export function reasonOf(command: Command, { dryRun, reason }: ReasonOrDryRun): string | null {
  if (dryRun) return null;
  return reason ?? command.error("error: say why with --reason, or look first with --dry-run");
}
