export type Memory = { has(key: string): boolean; note(key: string): void };

/** Remembers each key for so many milliseconds after it was first noted. `now` in milliseconds, ascending. */
export function rememberFor(ms: number, now: () => number = () => performance.now()): Memory {
  const until = new Map<string, number>(); // in the order of noting, hence of forgetting
  const forget = () => {
    const time = now();
    for (const [key, end] of until) {
      if (end > time) return;
      until.delete(key);
    }
  };
  return {
    has: (key) => {
      forget();
      return until.has(key);
    },
    note: (key) => {
      if (!until.has(key)) until.set(key, now() + ms);
    },
  };
}
