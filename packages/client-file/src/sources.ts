import type { EventSource, OperatorAct } from "@receiver/events";

/**
 * What a source may do to a file.
 * `opens`: nothing but make it known. `reports`: moves it while it is undecided. `decides`: moves it, decided or not.
 * `vouches`: likewise, and settles what deliveries leave open.
 */
export type Authority = "opens" | "reports" | "decides" | "vouches";

/** `rank` orders what is said in one second. */
type SourceRule = { rank: number; authority: Authority };

export const sources = {
  REGISTRATION: { rank: 0, authority: "opens" },
  UPLOAD: { rank: 0, authority: "opens" },
  RETRY: { rank: 1, authority: "reports" },
  ANALYSIS: { rank: 2, authority: "reports" },
  FLAT: { rank: 2, authority: "decides" },
  STATUS: { rank: 3, authority: "decides" },
  GET: { rank: 4, authority: "vouches" },
  OPERATOR: { rank: 5, authority: "vouches" },
  LINK: { rank: 5, authority: "opens" },
  UNLINK: { rank: 5, authority: "opens" },
  ABANDON: { rank: 5, authority: "opens" },
  WITHDRAWAL: { rank: 5, authority: "opens" },
} as const satisfies Record<EventSource, SourceRule>;

/** A newer version may store what this one has never heard of. */
export const isKnownSource = (source: string): source is EventSource => Object.hasOwn(sources, source);

const operatorActs: ReadonlySet<EventSource> = new Set<OperatorAct>([
  "OPERATOR",
  "LINK",
  "UNLINK",
  "ABANDON",
  "WITHDRAWAL",
]);
/** What a person did here. Only such an event can be taken back. */
export const isOperatorAct = (source: EventSource): source is OperatorAct => operatorActs.has(source);
