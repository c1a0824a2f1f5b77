/** What Postgres says of itself, read in one statement and in a session like those that commit. */
export type DurabilityFacts = {
  fsync: "on" | "off";
  fullPageWrites: "on" | "off";
  synchronousCommit: "off" | "local" | "remote_write" | "on" | "remote_apply";
  /** Empty: no commit waits for a standby. */
  synchronousStandbyNames: string;
  inRecovery: boolean;
  /** One per connection that WAL is sent over. Null where our role may not know what it is to the server. */
  standbys: (string | null)[];
};

/**
 * Why a delivery that was answered 2xx may be lost. `by`: what it takes. A `crash` is one of the server alone (power,
 * kernel, kill); `failover` is one to the standby that we see; `nothing` can be stored on a standby in the first place.
 */
export const weaknesses = {
  "fsync-off": { by: "crash", holds: ({ fsync }) => fsync === "off" },
  "full-page-writes-off": { by: "crash", holds: ({ fullPageWrites }) => fullPageWrites === "off" },
  "commit-not-synchronous": { by: "crash", holds: ({ synchronousCommit }) => synchronousCommit === "off" },
  "standby-not-synchronous": { by: "failover", holds: losesAtFailover },
  "standby-not-flushed": {
    by: "failover",
    holds: (facts) => waits(facts) && facts.synchronousCommit === "remote_write",
  },
  "in-recovery": { by: "nothing", holds: ({ inRecovery }) => inRecovery },
} as const satisfies Record<
  string,
  { by: "crash" | "failover" | "nothing"; holds: (facts: DurabilityFacts) => boolean }
>;

export type Weakness = keyof typeof weaknesses;

export function weaknessesIn(facts: DurabilityFacts): Weakness[] {
  return (Object.keys(weaknesses) as Weakness[]).filter((code) => weaknesses[code].holds(facts));
}

/** Whether our commits wait for the standbys that are named. */
const waits = ({ synchronousStandbyNames, synchronousCommit }: DurabilityFacts): boolean =>
  synchronousStandbyNames.trim() !== "" && synchronousCommit !== "local" && synchronousCommit !== "off";

/** There is a standby, and no commit waits for one. Standbys that are named but away are no loss: then every commit waits. */
function losesAtFailover(facts: DurabilityFacts): boolean {
  const isNamed = facts.synchronousStandbyNames.trim() !== "";
  return (facts.standbys.length > 0 || isNamed) && !waits(facts);
}
