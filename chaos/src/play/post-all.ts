import { setTimeout as pause } from "node:timers/promises";
import { type Outcome, postDelivery, type Random, seededRandom, sendOnSchedule } from "@receiver/simulation";
import type { Expected, PlannedDelivery } from "../plan/plan-traffic.ts";

/** What Danaya was told of a delivery. Times are milliseconds since 1970. */
export type Answered = { id: string; expected: Expected; times: number; firstAt: number };

export type Correspondence = {
  /** Postings answered as they should be, by the delivery's id. */
  answered: Map<string, Answered>;
  /** Requests that were not answered, by reason: each was posted once more, until it was. */
  notAnswered: Map<string, number>;
  /** Answers that no fault excuses. */
  wrong: string[];
  requests: number;
};

export type PostOptions = {
  seed: number;
  postings: readonly PlannedDelivery[];
  /** Danaya's addresses, which take turns. */
  urls: () => string[];
  perSecond: number;
  signal: AbortSignal;
  taken(id: string, expected: Expected): void;
};

/** More than the ingress takes for any answer: longer than that it was frozen or killed. */
const ANSWER_WITHIN_MS = 6_000;
/** At a hundred a second so many wait for their answers when nobody answers. */
const AT_ONCE = 1_000;
const AGAIN_AFTER_MS: [number, number] = [1_000, 4_000];

/**
 * Posts everything at its time, and what was not answered once more, later, until it is: Danaya itself would not, but the
 * truth about a file must be known. Resolves when all is answered, or aborted. Fills `correspondence` on its way.
 */
export async function postAll(options: PostOptions, correspondence: Correspondence): Promise<void> {
  const { postings, urls, perSecond, signal, taken } = options;
  const random = seededRandom("posting", options.seed);
  const late: Promise<void>[] = [];

  const post = async (posting: PlannedDelivery): Promise<boolean> => {
    const addresses = urls();
    const url = addresses[correspondence.requests % addresses.length] as string;
    correspondence.requests += 1;
    const outcome = await postDelivery(url, posting, ANSWER_WITHIN_MS);
    const answer = judge(outcome, posting.expected);
    if (answer === "silence") count(correspondence.notAnswered, outcome.label);
    if (answer === "wrong") correspondence.wrong.push(`${posting.id} ${posting.expected}: ${outcome.label}`);
    if (answer === "right") note(correspondence.answered, posting);
    if (answer === "right") taken(posting.id, posting.expected);
    return answer !== "silence";
  };
  const insist = async (posting: PlannedDelivery) => {
    do await pause(drawPause(random), undefined, { signal }).catch(() => undefined);
    while (!signal.aborted && !(await post(posting)));
  };
  const send = async (posting: PlannedDelivery) => {
    if (!(await post(posting))) late.push(insist(posting));
  };
  await sendOnSchedule(postings, send, { perSecond, concurrency: AT_ONCE, signal });
  await Promise.all(late);
}

export function emptyCorrespondence(): Correspondence {
  return { answered: new Map(), notAnswered: new Map(), wrong: [], requests: 0 };
}

/** A 503 says that nothing is stored, and to come again: that is no answer of the kind that Danaya counts on. */
function judge({ status, label }: Outcome, expected: Expected): "right" | "silence" | "wrong" {
  if (status === null || status === 503) return "silence";
  return rightAnswers[expected].includes(label) ? "right" : "wrong";
}

const rightAnswers: Record<Expected, readonly string[]> = {
  applied: ["200 accepted", "200 duplicate"],
  quarantined: ["202 quarantined", "200 duplicate"],
  refused: ["400 NOT_JSON"],
};

function note(answered: Map<string, Answered>, { id, expected }: PlannedDelivery): void {
  const known = answered.get(id) ?? { id, expected, times: 0, firstAt: Date.now() };
  answered.set(id, { ...known, times: known.times + 1 });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const drawPause = (random: Random): number => random.whole(...AGAIN_AFTER_MS);
