import { answers, endedByItself, pending, unanswered } from "./at-rest.ts";
import type { Check, Evidence } from "./check.ts";
import { statesOfFold, statesOfStories, stepsOnce } from "./client-files.ts";
import { appliedTwice, invented, lost, oneEventEach, rightDisposition, sightings } from "./deliveries.ts";
import { outbox, told } from "./notifications.ts";

/** What must hold when all is over, in the words of the report. */
const checks = {
  lost: { holds: "every delivery answered 2xx is in the ledger", check: lost },
  invented: { holds: "the ledger holds nothing that was not sent", check: invented },
  sightings: { holds: "each answer 2xx is a sighting", check: sightings },
  "applied-twice": { holds: "no delivery was applied twice, or ceased to be", check: appliedTwice },
  events: { holds: "an applied delivery is one event", check: oneEventEach },
  dispositions: { holds: "what can be applied was, and nothing else", check: rightDisposition },
  "states-of-stories": { holds: "each file is where its story ends", check: statesOfStories },
  "states-of-fold": { holds: "each file equals the pure fold of its deliveries", check: statesOfFold },
  transitions: { holds: "no step was recorded twice", check: stepsOnce },
  outbox: { holds: "one outbox row per version and subscriber", check: outbox },
  told: { holds: "each subscriber heard each id at least once, always the same", check: told },
  pending: { holds: "nothing is left pending", check: pending },
  unanswered: { holds: "every delivery was answered in the end", check: unanswered },
  answers: { holds: "no answer was wrong", check: answers },
  processes: { holds: "no process ended by itself", check: endedByItself },
} satisfies Record<string, { holds: string; check: Check }>;

type CheckName = keyof typeof checks;
/** `offenders`: one line each; none: it holds. */
export type CheckResult = { name: CheckName; holds: string; offenders: string[] };

export async function runChecks(evidence: Evidence): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, { holds, check }] of Object.entries(checks) as [CheckName, (typeof checks)[CheckName]][]) {
    results.push({ name, holds, offenders: await check(evidence) });
  }
  return results;
}
