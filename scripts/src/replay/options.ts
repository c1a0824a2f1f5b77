import { userInfo } from "node:os";
import type { DeliveryConditions } from "@receiver/ledger";
import { Command, Option } from "commander";
import { moment } from "../command-line/moment.ts";
import {
  matching,
  printable,
  type ReasonOrDryRun,
  reasonOf,
  withReasonOrDryRun,
} from "../command-line/reason-or-dry-run.ts";

export type ReplayOptions = {
  selection: { id: string } | { filter: DeliveryConditions };
  /** Null: a dry run. */
  by: { actor: string; reason: string } | null;
  json: boolean;
};

type Given = DeliveryConditions & ReasonOrDryRun & { as?: string; json?: true };

/** The command line of `npm run replay`. What is wrong with it ends the process with code 1 and one sentence. */
export function replayCommand(): Command {
  const command = new Command("npm run replay --")
    .description(
      "Sends deliveries to their queues once more: failed ones, or quarantined ones that today's contract takes.",
    )
    .argument("[id]", "one delivery", matching(/^[0-9a-f]{40}$/, "40 hexadecimal digits in lower case"))
    .addOption(new Option("--status <status>", "those in this status").choices(statuses))
    .option(
      "--error-code <code>",
      "those that failed with it",
      matching(/^[A-Z][A-Z0-9_]{0,63}$/, "a code like INTERNAL"),
    )
    .option(
      "--message-type <type>",
      "those of this type",
      matching(/^[A-Z][A-Z0-9_]{0,63}$/, "a type like ANALYSIS_RESULT"),
    )
    .option("--company-id <id>", "those of this company", matching(printable(200), "an id of up to 200 characters"))
    .option("--from <time>", "received at or after: a day, or a time with zone", moment)
    .option("--to <time>", "received before", moment);
  return withReasonOrDryRun(command)
    .option("--as <name>", "who, for the audit (the user of this machine)", matching(printable(100), "a name"))
    .option("--json", "tell it as JSON on standard output; progress goes to standard error")
    .addHelpText("after", examples);
}

/** @throws CommanderError where the command is told to throw rather than to exit */
export function parseReplayOptions(argv: readonly string[], command = replayCommand()): ReplayOptions {
  const { dryRun, reason, as, json, ...filter } = command.parse(argv).opts<Given>();
  const [id] = command.processedArgs as [string | undefined];
  const conditions = Object.keys(filter).length;
  if (id !== undefined && conditions > 0) command.error("error: name one delivery or conditions, not both");
  if (id === undefined && conditions === 0) {
    command.error("error: name a delivery or at least one condition, for example --status failed; --help shows more");
  }
  const why = reasonOf(command, { dryRun, reason });
  return {
    selection: id === undefined ? { filter } : { id },
    by: why === null ? null : { actor: `cli:${as ?? userName()}`, reason: why },
    json: json === true,
  };
}

const statuses = ["pending", "applied", "failed", "quarantined"] as const;

/** A container's user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}

const examples = `
Examples:
  npm run replay -- --status failed --dry-run                      what redriving all of them would change
  npm run replay -- --status failed --error-code INTERNAL --reason "mended in 1.4.2"
  npm run replay -- --status quarantined --from 2026-11-01 --reason "the contract was widened"
  npm run replay -- 0f0c…9a --reason "asked by the customer"       one delivery

Addresses: DATABASE_URL and REDIS_URL, else those of the running npm start. Works while ops is down. Safe to run twice and to
interrupt: what was sent is pending, and what could not be published is published by the sweeper.

Ends with 0 when all that matched was sent (or would be applied), with 1 when some can't be, and with 130 when interrupted.`;
