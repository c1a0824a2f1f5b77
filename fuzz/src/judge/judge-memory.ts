/** One look at a process. Bytes; milliseconds since the run began. */
export type MemorySample = { at: number; rss: number; heapUsed: number };

export type MemoryVerdict = {
  kind: "flat" | "grows" | "too short";
  /** Bytes by which the floor of the last quarter lies above that of the one before. */
  heapGrowth: number;
  rssGrowth: number;
};

/** A run of a few seconds is all warming up. */
const SAMPLES_NEEDED = 40;
/** What a quarter's floor may lie above the one before it without being called growth: caches that still fill, not a leak. */
const HEAP_MAY_GROW_BYTES = 12 * 1_024 * 1_024;
const RSS_MAY_GROW_BYTES = 48 * 1_024 * 1_024;

/**
 * Whether memory is flat. The heap is compared by its floor, the least that was in use in a quarter of the run: that is what was
 * left after a collection, of which each process makes several in that time. The first half is left out: caches fill, code is compiled.
 */
export function judgeMemory(samples: readonly MemorySample[]): MemoryVerdict {
  const quarter = Math.floor(samples.length / 4);
  const third = samples.slice(-2 * quarter, -quarter);
  const last = samples.slice(-quarter);
  const heapGrowth = floor(last, "heapUsed") - floor(third, "heapUsed");
  const rssGrowth = floor(last, "rss") - floor(third, "rss");
  if (samples.length < SAMPLES_NEEDED) return { kind: "too short", heapGrowth: 0, rssGrowth: 0 };
  const grows = heapGrowth > HEAP_MAY_GROW_BYTES || rssGrowth > RSS_MAY_GROW_BYTES;
  return { kind: grows ? "grows" : "flat", heapGrowth, rssGrowth };
}

const floor = (samples: readonly MemorySample[], of: "rss" | "heapUsed"): number =>
  Math.min(...samples.map((sample) => sample[of]));
