import { Command } from "commander";

export type RetentionOptions = {
  /** Null: a dry run. */
  by: { actor: string; reason: string } | null;
  json: boolean;
};

type Given = { dryRun?: true; apply?: true; by?: string; reason?: string; json?: true };

function retentionCommand(): Command {
  return new Command("npm run retention --")
    .description("Tells what has been kept long enough, what is held and why; with --apply, erases it for good.")
    .option("--dry-run", "only tells; so it does without any option")
    .option("--apply", "erases what is due: it does not come back")
    .option("--by <name>", "who; it stands in the audit log")
    .option("--reason <text>", "why; it stands in the audit log")
    .option("--json", "the report as JSON on standard output; progress goes to standard error")
    .addHelpText("after", help);
}

/** The command line of `npm run retention`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseRetentionOptions(argv: readonly string[], command = retentionCommand()): RetentionOptions {
  const { dryRun, apply, by, reason, json } = command.parse(argv).opts<Given>();
  if (apply && dryRun) command.error("error: --dry-run or --apply, not both");
  if (!apply) return { by: null, json: json === true };
  if (!by || !reason) return command.error("error: say who erases and why, with --by and --reason");
  return { by: { actor: `cli:${by}`, reason }, json: json === true };
}

const help = `
Environment: DATABASE_URL; RETENTION_OPERATIONAL (180d) and RETENTION_EVIDENCE (10y), as for the reconciliation-worker.

Examples:
  npm run retention                                    what would be erased now
  npm run retention -- --json | jq .report.evidence
  npm run retention -- --apply --by ama --reason "yearly, approved by compliance"

Ends with 0 when nothing is due any more (or it only told), with 78 when the environment is wrong, and with 130 after Ctrl-C,
which ends it after the batch at hand. It may be run again at any time, also beside the reconciliation-worker.`;
