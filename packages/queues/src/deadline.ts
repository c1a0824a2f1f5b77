import { within } from "@receiver/runtime";

/** Rejects when `work` takes longer than `ms`, with an error that is the store's to name. */
export const withDeadline = <T>(work: Promise<T>, ms: number): Promise<T> =>
  within(
    ms,
    () => work,
    () => new Error("no answer in time"),
  );
