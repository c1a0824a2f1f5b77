import { z } from "zod";

/** What npm's registry knows against the installed packages. */
export type Verdict =
  | { kind: "checked"; serious: { name: string; severity: string }[]; others: number }
  /** No network, or a registry that gives no advisories (a mirror, say). */
  | { kind: "not-checked"; why: string };

const SERIOUS = ["high", "critical"];

const report = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })),
  metadata: z.object({ vulnerabilities: z.object({ total: z.number() }) }),
});
const failure = z.object({ message: z.string() });

/** Reads what `npm audit --json` printed. Anything but a report counts as not checked, never as clean. */
export function readAudit(output: string): Verdict {
  const value = parse(output);
  const read = report.safeParse(value);
  if (!read.success) {
    const why = failure.safeParse(value).data?.message ?? "npm audit gave no report";
    return { kind: "not-checked", why };
  }
  const found = Object.entries(read.data.vulnerabilities).map(([name, { severity }]) => ({ name, severity }));
  const serious = found.filter(({ severity }) => SERIOUS.includes(severity));
  return { kind: "checked", serious, others: found.length - serious.length };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
