import { createHash } from "node:crypto";

/** `free` tries cost no wait. After each further one the next must wait: a second, then twice as long, up to `longestMs`. */
export type WaitRule = { free: number; longestMs: number };

const FIRST_WAIT_MS = 1_000;
/** A count that nothing was added to for so long is none: people mistype on other days, too. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;
/** About 2 MB. Past it the longest untouched count goes: whoever fills it has waited for most of what he filled it with. */
const MAX_KEYS = 10_000;

/** Counts tries by a key, which is kept as a digest: people type passwords where names belong. */
export function createTryCounter({ free, longestMs }: WaitRule, now: () => number) {
  const counts = new Map<string, { tries: number; latestAt: number }>();
  const current = (digest: string) => {
    const count = counts.get(digest);
    return count !== undefined && now() - count.latestAt < FORGOTTEN_AFTER_MS ? count : undefined;
  };
  return {
    /** Milliseconds until the next try may be made. */
    waitMs: (key: string): number => {
      const count = current(digestOf(key));
      if (count === undefined || count.tries < free) return 0;
      const doubled = FIRST_WAIT_MS * 2 ** (count.tries - free);
      return Math.max(0, count.latestAt + Math.min(doubled, longestMs) - now());
    },
    add: (key: string): void => {
      const digest = digestOf(key);
      const tries = (current(digest)?.tries ?? 0) + 1;
      counts.delete(digest); // to stand last: a Map keeps the order in which keys were added
      counts.set(digest, { tries, latestAt: now() });
      const [oldest] = counts.keys();
      if (counts.size > MAX_KEYS && oldest !== undefined) counts.delete(oldest);
    },
    takeBack: (key: string): void => {
      const count = counts.get(digestOf(key));
      if (count !== undefined) count.tries -= 1;
    },
    forget: (key: string): void => void counts.delete(digestOf(key)),
  };
}

const digestOf = (key: string): string => createHash("sha256").update(key).digest("base64url");
