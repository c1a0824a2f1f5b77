export type Schedule = {
  /** How many begin per second; null for as fast as it goes. */
  perSecond: number | null;
  /** How many are under way at most. 1 keeps their order. */
  concurrency: number;
  /** Aborted: nothing new begins, what is under way is waited for. */
  signal: AbortSignal;
};

/**
 * Sends each item at its own time from the start, not at a pause after the one before: slow answers don't lower the rate, as long as
 * fewer than `concurrency` are under way. `send` must not reject.
 */
export async function sendOnSchedule<T>(
  items: readonly T[],
  send: (item: T) => Promise<void>,
  { perSecond, ...bounds }: Schedule,
): Promise<void> {
  const dueInMs = (_item: T, index: number): number => (perSecond === null ? 0 : (index * 1_000) / perSecond);
  await sendWhenDue(items, send, { ...bounds, dueInMs });
}

/**
 * Sends each item when it is due, or as soon as fewer than `concurrency` are under way. `send` must not reject.
 * @param timing `dueInMs`: from now; no item is due before the one that precedes it
 */
export async function sendWhenDue<T>(
  items: readonly T[],
  send: (item: T) => Promise<void>,
  timing: Omit<Schedule, "perSecond"> & { dueInMs: (item: T, index: number) => number },
): Promise<void> {
  const { dueInMs, concurrency, signal } = timing;
  const startedAt = performance.now();
  let next = 0;

  const sendWhatIsDue = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      const index = next;
      next += 1;
      const item = items[index] as T;
      await untilTime(startedAt + dueInMs(item, index), signal);
      if (signal.aborted) return;
      await send(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, sendWhatIsDue));
}

/** Resolves at that time, or when aborted: the caller looks. */
async function untilTime(time: number, signal: AbortSignal): Promise<void> {
  const leftMs = time - performance.now();
  if (leftMs <= 0) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, leftMs);
  const wake = () => resolve();
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
}
