import type { RawScore, State } from "@receiver/contracts";

/**
 * One step of a file: `cause` is the event's id, `reversal` says that it overturns a decision that was released, `released` that subscribers may hear of
 * it (absent in what an earlier version stored, which released all).
 */
export type Step = {
  from: State;
  to: State;
  cause: string;
  occurredAt: number;
  reversal: boolean;
  released?: boolean;
};

/** What may go out of a file. */
export type Released = { state: State; score: RawScore | null; confirmed: boolean };
