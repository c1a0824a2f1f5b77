import type { Finding } from "@receiver/chains";
import type { Ledger } from "@receiver/ledger";
import cliProgress from "cli-progress";
import { describeFinding, describeHeads, describeVerified } from "./describe.ts";
import { readHeadsFile } from "./heads-file.ts";

export type Tools = { audit: Ledger["audit"]; say(line: string): void };

/**
 * Verifies every chain, and the heads of an earlier export.
 *
 * @returns the exit code
 * @throws UnusableHeads, ReceiverError DATABASE_UNAVAILABLE: what was found before has been said
 */
export async function verify(
  { audit, say }: Tools,
  { heads, json }: { heads: string | null; json: boolean },
): Promise<number> {
  // To standard error, and only where somebody looks.
  const bar = new cliProgress.SingleBar({
    format: "  {bar} {percentage}% | {value}/{total} rows | {eta_formatted} left",
  });
  const found = (finding: Finding) => say(json ? JSON.stringify(finding) : describeFinding(finding));
  bar.start(1, 0);
  const progress = (rows: number, total: number) => {
    bar.setTotal(total);
    bar.update(rows);
  };
  const verified = await audit.verify({ found, progress }).finally(() => bar.stop());
  const missing = heads === null ? null : await verifyHeads(audit, heads, found);
  const total = { ...verified, findings: verified.findings + (missing?.findings ?? 0) };
  say(json ? JSON.stringify({ ...total, heads: missing?.heads ?? null }) : describeVerified(total));
  if (missing && !json) say(`held against the export of ${missing.heads.exportedAt}: ${describeHeads(missing.heads)}`);
  return total.findings === 0 ? 0 : 1;
}

async function verifyHeads(audit: Ledger["audit"], path: string, found: (finding: Finding) => void) {
  let findings = 0;
  const heads = await readHeadsFile(path, async (page) => {
    for (const finding of await audit.missingHeads(page)) {
      findings += 1;
      found(finding);
    }
  });
  return { findings, heads };
}
