import { Command } from "commander";

export type AuditOptions =
  /** `heads`: the file of an earlier export. */
  | { command: "verify"; heads: string | null; json: boolean }
  /** `to`: the file to write; null is standard output. */
  | { command: "export"; to: string | null };

/** The command line of `npm run audit`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseAuditOptions(argv: readonly string[]): AuditOptions {
  let options: AuditOptions | undefined;
  const program = new Command("npm run audit --").description(
    "Verifies that no transition of a client file and no entry of the audit log was changed, removed, moved or slipped in.",
  );
  program
    .command("verify")
    .description("recomputes every chain from its rows and names each row that breaks one")
    .option("--heads <file>", "also looks whether the heads of an earlier export are still on their chains")
    .option("--json", "a line of JSON per finding, and one with the totals")
    .action(({ heads, json }: { heads?: string; json?: true }) => {
      options = { command: "verify", heads: heads ?? null, json: json === true };
    });
  program
    .command("export")
    .description("writes the head of every chain, to be kept where who can write to the database can't")
    .option("--to <file>", "into a new file instead of standard output")
    .action(({ to }: { to?: string }) => {
      options = { command: "export", to: to ?? null };
    });
  program.addHelpText("after", help).parse(argv);
  return options ?? program.help({ error: true });
}

const help = `
Works on DATABASE_URL, else on the database of the running npm start. Reads only, as of one moment; safe at any time.

Examples:
  npm run audit -- export --to heads-2026-11-22.jsonl
  npm run audit -- verify --heads heads-2026-11-22.jsonl

Ends with 0 when everything is as it was written, with 1 when something isn't, with 2 when it could not be read, and with
78 when there is no database to work on. What it proves and what not: docs/audit.md.`;
