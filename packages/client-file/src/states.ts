import type { State } from "@receiver/contracts";

type StateRule = { progress: number; decided: boolean; endsProcessing: boolean };

/** `progress` orders what is said in one second by one rank: who names the later state is taken to speak later. */
export const states = {
  RECEIVED: { progress: 0, decided: false, endsProcessing: false },
  IN_ANALYSIS: { progress: 1, decided: false, endsProcessing: false },
  RETRY_REQUESTED: { progress: 2, decided: false, endsProcessing: false },
  ERROR: { progress: 3, decided: false, endsProcessing: true },
  AWAITING_DECISION: { progress: 4, decided: false, endsProcessing: true },
  REJECTED: { progress: 5, decided: true, endsProcessing: true },
  APPROVED: { progress: 6, decided: true, endsProcessing: true },
} as const satisfies Record<State, StateRule>;

export const isDecided = (state: State | null): boolean => state !== null && states[state].decided;
export const endsProcessing = (state: State | null): boolean => state !== null && states[state].endsProcessing;
