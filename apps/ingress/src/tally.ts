/** What comes by the thousand must not bury the log. */
const WINDOW_MS = 10_000;

export type Tally<T> = {
  note(event: T): void;
  /** Writes what was counted and not yet written. */
  flush(): void;
};

/**
 * Writes at most once in ten seconds: the first event at once, those after it together, as a count with the last of them.
 *
 * States: quiet → (event: written) → counting → (ten seconds: the rest written) → counting … → (ten seconds without one) → quiet.
 */
export function createTally<T>(write: (last: T, count: number) => void): Tally<T> {
  let unwritten: { last: T; count: number } | null = null;
  let window: NodeJS.Timeout | null = null;

  const writeRest = (): boolean => {
    const rest = unwritten;
    unwritten = null;
    if (rest !== null) write(rest.last, rest.count);
    return rest !== null;
  };
  const openWindow = (): void => {
    window = setTimeout(() => {
      window = null;
      if (writeRest()) openWindow();
    }, WINDOW_MS).unref();
  };
  return {
    note: (event) => {
      if (window === null) {
        openWindow();
        write(event, 1);
      } else {
        unwritten = { last: event, count: (unwritten?.count ?? 0) + 1 };
      }
    },
    flush: () => void writeRest(),
  };
}
