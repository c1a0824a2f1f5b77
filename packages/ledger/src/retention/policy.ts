/** How long what is kept. Two tiers, because one clock starts on receipt and the other on the end of a relationship. */
export type RetentionPolicy = {
  /** What is no evidence: from when it was last of use. */
  operationalDays: number;
  /** The content of a file: from the end of the relationship with its customer, and never before that is known. */
  evidenceYears: number;
};

/** Half a year to mend what failed; ten years as the UEMOA's rules against money laundering ask. */
export const defaultRetention: RetentionPolicy = { operationalDays: 180, evidenceYears: 10 };

/** What is older has been kept long enough. */
export type Cutoffs = { operational: Date; evidence: Date };

const DAY_MS = 86_400_000;

export function cutoffsAt(now: Date, { operationalDays, evidenceYears }: RetentionPolicy): Cutoffs {
  const evidence = new Date(now);
  evidence.setUTCFullYear(now.getUTCFullYear() - evidenceYears);
  return { operational: new Date(now.getTime() - operationalDays * DAY_MS), evidence };
}
