/** Labels are words of closed sets. No id is among them: each value is a series that Prometheus keeps. */
const labelNames = [
  "queue",
  "type",
  "disposition",
  "outcome",
  "code",
  "state",
  "status",
  "kind",
  "backend",
  "token",
  "dated",
  "check",
  "secret",
] as const;
export type LabelName = (typeof labelNames)[number];
export type Labels<L extends LabelName> = Readonly<Record<L, string>>;
export type BoundedLabels<L extends LabelName> = (labels: Labels<L>) => Partial<Record<L, string>>;

/** More than any of our sets has; what comes later is counted together. */
const VALUES_PER_LABEL = 50;
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const OTHER = "other";

/** Only the named labels, each with at most 50 values in the life of the process: a value that is no word, or one too many, is `other`. */
export function boundLabels<L extends LabelName>(names: readonly L[]): BoundedLabels<L> {
  const seen = new Map(names.map((name) => [name, new Set<string>()]));
  return (labels) => {
    const bounded: Partial<Record<L, string>> = {};
    for (const [name, values] of seen) bounded[name] = boundedValue(labels[name], values);
    return bounded;
  };
}

function boundedValue(value: string, seen: Set<string>): string {
  if (seen.has(value)) return value;
  if (seen.size >= VALUES_PER_LABEL || !WORD.test(value)) return OTHER;
  seen.add(value);
  return value;
}
