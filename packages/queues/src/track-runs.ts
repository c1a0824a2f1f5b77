import type { BullProcessor } from "./bull-worker.ts";

/** Knows which runs of a processor are under way. */
export function trackRuns(process: BullProcessor): { run: BullProcessor; allDone(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  return {
    run: async (job, token) => {
      const run = process(job, token);
      underWay.add(run);
      try {
        await run;
      } finally {
        underWay.delete(run);
      }
    },
    allDone: async () => {
      await Promise.allSettled(underWay);
    },
  };
}
