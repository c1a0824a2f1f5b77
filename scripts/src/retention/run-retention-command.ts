import type { Ledger, RetentionPolicy } from "@receiver/ledger";
import { describeErased, describeReport } from "./describe.ts";
import type { RetentionOptions } from "./options.ts";

type Tools = {
  ledger: Pick<Ledger, "expectSchema" | "retention">;
  policy: RetentionPolicy;
  now: Date;
  interrupted: AbortSignal;
  say(line: string): void;
  progress(line: string): void;
};

const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C

/**
 * The report, and what it announces where `by` says who wants it.
 * @returns the exit code
 * @throws ReceiverError DATABASE_UNAVAILABLE, SCHEMA_BEHIND, SCHEMA_AHEAD: what was erased before is erased
 */
export async function runRetentionCommand(tools: Tools, { by, json }: RetentionOptions): Promise<number> {
  const { ledger, policy, now, interrupted, say, progress } = tools;
  await ledger.expectSchema();
  const report = await ledger.retention.report(now, policy);
  if (!json) say(describeReport(report));
  if (by === null) {
    say(
      json
        ? JSON.stringify({ dryRun: true, report }, null, 2)
        : "\nnothing was erased: --apply --by … --reason … does it",
    );
    return 0;
  }
  let total = 0;
  const told = (kind: string, count: number) => {
    total += count;
    progress(`  erased ${count} ${kind}, ${total} in all`);
  };
  const { erased, finished } = await ledger.retention.run({ policy, by, now, stopping: interrupted, told });
  say(
    json
      ? JSON.stringify({ dryRun: false, report, erased, finished }, null, 2)
      : `\n${describeErased(erased, finished)}`,
  );
  return finished ? 0 : EXIT_INTERRUPTED;
}
