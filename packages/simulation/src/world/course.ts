import { drawAnalysed, drawRefusal } from "../danaya-messages.ts";
import type { Random } from "../seeded-random.ts";

/** What happens to a file in Danaya's world, so many milliseconds after that world's start. */
export type Happening = { at: number } & (
  | { what: "uploaded" }
  | { what: "numbered" }
  | { what: "retried"; attempt: number }
  | { what: "analysed"; status: string; form: "envelope" | "flat" }
  | { what: "decided"; status: string }
);

/** What becomes of a file. A second decision overturns the first. */
type Plot = {
  /** How often it comes, in proportion to the others. */
  weight: number;
  retries: [number, number];
  form: "envelope" | "flat";
  decisions: ("approval" | "refusal")[];
  /** The person tries once more, with a file of its own. */
  resubmitted: boolean;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The time in which courses are drawn. A world of another span goes faster or slower as a whole. */
export const DRAWN_SPAN_MS = 10 * DAY_MS;
/** Nothing happens in the end, so that what is sent late is sent within the span. */
const QUIET_END_MS = 8 * HOUR_MS;

const NUMBERED_WITHIN: [number, number] = [MINUTE_MS, 10 * MINUTE_MS];
const PAUSE: [number, number] = [2 * MINUTE_MS, 55 * MINUTE_MS];
const DECIDED_WITHIN: [number, number] = [5 * MINUTE_MS, 12 * HOUR_MS];
/** More than a day, so that who asks daily can learn of either decision. */
const REVERSED_WITHIN: [number, number] = [30 * HOUR_MS, 6 * DAY_MS];
const RESUBMITTED_WITHIN: [number, number] = [HOUR_MS, 2 * DAY_MS];
/** From the upload to the first decision: four retries at most. */
const LONGEST_MS = NUMBERED_WITHIN[1] + 5 * PAUSE[1] + DECIDED_WITHIN[1];
/** The documented RETRY and ANALYSIS_RESULT of one file bear the same time. */
const TIES_PERCENT = 10;

const plain = { weight: 0, retries: [0, 0], form: "envelope", decisions: [], resubmitted: false } satisfies Plot;
const FEW: [number, number] = [1, 2];

const plots = {
  approved: { ...plain, weight: 34, decisions: ["approval"] },
  refused: { ...plain, weight: 10, decisions: ["refusal"] },
  "retried, approved": { ...plain, weight: 14, retries: FEW, decisions: ["approval"] },
  "retried, refused": { ...plain, weight: 4, retries: FEW, decisions: ["refusal"] },
  "escalated, approved": { ...plain, weight: 4, retries: [3, 4], decisions: ["approval"] },
  awaiting: { ...plain, weight: 8, retries: [0, 1] },
  "approved, overturned": { ...plain, weight: 6, decisions: ["approval", "refusal"] },
  "refused, overturned": { ...plain, weight: 3, decisions: ["refusal", "approval"] },
  "refused, resubmitted": { ...plain, weight: 8, decisions: ["refusal"], resubmitted: true },
  "flat, approved": { ...plain, weight: 6, form: "flat", decisions: ["approval"] },
  "flat, awaiting": { ...plain, weight: 3, form: "flat" },
} satisfies Record<string, Plot>;

type PlotName = keyof typeof plots;
/** A resubmission is not resubmitted, and what is decided of it stands. */
const secondTries = ["approved", "refused", "retried, approved", "flat, approved", "awaiting"] as const;

export type Course = {
  happenings: Happening[];
  /** When the same person's next file is uploaded, if there is one. */
  resubmittedAt: number | null;
};

export function drawCourse(random: Random): Course {
  const plot: Plot = plots[random.weighted(plotWeights)];
  const latest = DRAWN_SPAN_MS - QUIET_END_MS - roomFor(plot);
  const happenings = drawHappenings(plot, random.whole(0, latest), random);
  const end = happenings.at(-1)?.at ?? 0;
  return { happenings, resubmittedAt: plot.resubmitted ? end + random.whole(...RESUBMITTED_WITHIN) : null };
}

export function drawSecondTry(random: Random, uploadedAt: number): Course {
  return { happenings: drawHappenings(plots[random.pick(secondTries)], uploadedAt, random), resubmittedAt: null };
}

function roomFor({ decisions, resubmitted }: Plot): number {
  if (resubmitted) return LONGEST_MS + RESUBMITTED_WITHIN[1] + LONGEST_MS;
  return LONGEST_MS + (decisions.length > 1 ? REVERSED_WITHIN[1] : 0);
}

function drawHappenings(plot: Plot, uploadedAt: number, random: Random): Happening[] {
  let at = uploadedAt;
  const after = (within: [number, number], tiesPercent = 0): number => {
    const isTie = random.percent(tiesPercent);
    at += isTie ? 0 : random.whole(...within);
    return at;
  };
  const retries = random.whole(...plot.retries);
  const reports: Happening[] = [
    { what: "uploaded", at },
    { what: "numbered", at: after(NUMBERED_WITHIN) },
    ...Array.from({ length: retries }, (_, index) => ({
      what: "retried" as const,
      attempt: index + 1,
      at: after(PAUSE),
    })),
    {
      what: "analysed",
      form: plot.form,
      status: plot.form === "flat" ? "A_TRAITER" : drawAnalysed(random),
      at: after(PAUSE, retries > 0 ? TIES_PERCENT : 0),
    },
  ];
  const decisions = plot.decisions.map((decision, index): Happening => {
    const status = decision === "approval" ? "VALIDER" : drawRefusal(random);
    return { what: "decided", status, at: index === 0 ? after(DECIDED_WITHIN, TIES_PERCENT) : after(REVERSED_WITHIN) };
  });
  return [...reports, ...decisions];
}

const plotWeights = Object.fromEntries(Object.entries(plots).map(([name, { weight }]) => [name, weight])) as Record<
  PlotName,
  number
>;
