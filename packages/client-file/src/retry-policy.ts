import type { Ask, Audience, FollowUp } from "@receiver/contracts";
import { ownAttempts } from "./carried-over.ts";
import type { RetryCounter } from "./retry-counter.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Danaya reports retries as IN_PROGRESS, which suggests that it runs the check again itself: it may not need anybody. */
const CUSTOMER_GRACE_MS = 30 * MINUTE_MS;

/** Counted from the ask: a day to find a document, three before a person looks into it, a week before one may give it up. */
const REMINDER_AFTER_MS = 24 * HOUR_MS;
const ESCALATION_AFTER_MS = 72 * HOUR_MS;
const ABANDONMENT_AFTER_MS = 7 * 24 * HOUR_MS;

/** Twice may be a bad photograph; a third time somebody needs help. */
const ESCALATION_ATTEMPT = 3;

/**
 * What to ask for, and of whom. Nobody is asked before attempt `fromAttempt`, nor within `graceMs` of the latest one; the
 * file is escalated at attempt `escalatesAt`.
 */
export type RetryPolicy = {
  ask: Ask;
  audience: Audience;
  fromAttempt: number;
  escalatesAt: number;
  graceMs: number;
};

const customer = {
  audience: "customer",
  fromAttempt: 1,
  escalatesAt: ESCALATION_ATTEMPT,
  graceMs: CUSTOMER_GRACE_MS,
} as const;

/** Never the customer: to tell somebody that he is looked into is an offence. */
const compliance: RetryPolicy = {
  ask: "compliance-review",
  audience: "compliance",
  fromAttempt: 1,
  escalatesAt: 1,
  graceMs: 0,
};

const operator: RetryPolicy = {
  ask: "operator-review",
  audience: "operations",
  fromAttempt: 1,
  escalatesAt: ESCALATION_ATTEMPT,
  graceMs: 0,
};

const policies: Readonly<Record<string, RetryPolicy>> = {
  FACE_MATCH: { ...customer, ask: "new-selfie" },
  MRZ: { ...customer, ask: "new-photo" },
  TEMPLATE: { ...customer, ask: "new-photo" },
  EXPIRATION: { ...customer, ask: "another-document" },
  // At first it is likely the registry that doesn't answer.
  DB: { ...customer, ask: "check-data", fromAttempt: 2 },
  PEP: compliance,
  SANCTION: compliance,
  MEDIA: compliance,
};

/** @param verification normalised; one that the table doesn't know goes to an operator */
export function retryPolicyFor(verification: string): RetryPolicy {
  return Object.hasOwn(policies, verification) ? (policies[verification] ?? operator) : operator;
}

/**
 * Whether somebody who may not see what compliance sees may see this check. The set of checks is open, and one that the table doesn't know
 * may be compliance's: a list of politically exposed persons under another name.
 */
export const isForEverybody = (verification: string): boolean =>
  Object.hasOwn(policies, verification) && retryPolicyFor(verification).audience !== "compliance";

/**
 * `attempt` is the file's own: what is carried over from files that it supersedes may be learned late, and must not have somebody asked twice.
 * Times are milliseconds since 1970.
 */
export type DueFollowUp = { kind: FollowUp; attempt: number; dueAt: number };

/** What is to happen by the clock while nothing newer settles the retry. One that isn't open has nothing to come. */
export function followUpsFor(counter: RetryCounter): DueFollowUp[] {
  if (counter.status !== "open") return [];
  const policy = retryPolicyFor(counter.verification);
  const askAt = counter.lastAt + policy.graceMs;
  const attempt = ownAttempts(counter);
  const asks: DueFollowUp[] = [
    { kind: "ask", attempt, dueAt: askAt },
    { kind: "reminder", attempt, dueAt: askAt + REMINDER_AFTER_MS },
  ];
  const escalation: DueFollowUp = { kind: "escalation", attempt, dueAt: askAt + ESCALATION_AFTER_MS };
  return [
    ...(counter.attempts >= policy.fromAttempt ? asks : []),
    ...(counter.attempts >= policy.escalatesAt ? [] : [escalation]),
    // Told to operators, who may give it up: time alone refuses nobody.
    { kind: "abandonment", attempt, dueAt: askAt + ABANDONMENT_AFTER_MS },
  ];
}
