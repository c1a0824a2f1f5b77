import type { WorldReport } from "./run-world.ts";
import { nameOf } from "./variant.ts";

/** A table of what holds, and of what doesn't by which files. */
export function describeWorld({
  seed,
  files,
  variant,
  webhooks,
  questions,
  found,
  elapsedMs,
  checks,
}: WorldReport): string {
  const { sent, dropped, duplicated, forged } = webhooks;
  const lines = checks.flatMap(({ says, of, failed, against }) => [
    `  ${failed === 0 ? "ok  " : "FAIL"} ${String(of - failed).padStart(6)} of ${String(of).padStart(6)}  ${says}`,
    ...against.map((example) => `         ${example}`),
  ]);
  return [
    `seed ${seed}, ${files} files, ${nameOf(variant)}`,
    `  ${sent} webhooks sent (${duplicated} twice, ${forged} forged), ${dropped} lost; ${questions} questions asked, which found ${found} states that no webhook had told`,
    ...lines,
    `  ${(elapsedMs / 1_000).toFixed(0)} s`,
    "",
  ].join("\n");
}

export const hasFailed = ({ checks }: WorldReport): boolean => checks.some(({ failed }) => failed > 0);
