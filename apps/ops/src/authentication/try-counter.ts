import { createHash } from "node:crypto";

/** `free` wrong tries cost no wait. After each further one the next must wait: a second, then twice as long, up to `longestMs`. */
export type WaitRule = { free: number; longestMs: number };

const FIRST_WAIT_MS = 1_000;
/** Wrong tries that none was added to for so long are none: people mistype on other days, too. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;
/** About 2 MB. Past it the longest untouched count goes: whoever fills it has waited for most of what he filled it with. */
const MAX_KEYS = 10_000;

/** `underWay`: begun, and neither right nor wrong so far. Only a wrong one is dated: a right one prolongs nobody's wait. */
type Count = { wrong: number; wrongAt: number; underWay: number };

const none: Count = { wrong: 0, wrongAt: 0, underWay: 0 };

/** Counts tries by a key, which is kept as a digest: people type passwords where names belong. */
export function createTryCounter({ free, longestMs }: WaitRule, now: () => number) {
  const counts = new Map<string, Count>();
  const read = (digest: string): Count => {
    const count = counts.get(digest) ?? none;
    return now() - count.wrongAt < FORGOTTEN_AFTER_MS ? count : { ...count, wrong: 0 };
  };
  const write = (digest: string, count: Count): void => {
    counts.delete(digest); // to stand last: a Map keeps the order in which keys were added
    if (count.wrong + count.underWay > 0) counts.set(digest, count);
    const [oldest] = counts.keys();
    if (counts.size > MAX_KEYS && oldest !== undefined) counts.delete(oldest);
  };
  const ended = (digest: string): Count => {
    const count = read(digest);
    return { ...count, underWay: Math.max(0, count.underWay - 1) }; // it may have had to go meanwhile
  };
  return {
    /** Milliseconds until the next try may be made. */
    waitMs: (key: string): number => {
      const { wrong, wrongAt, underWay } = read(digestOf(key));
      const doubled = wrong < free ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (wrong - free), longestMs);
      const isFull = underWay > 0 && wrong + underWay >= free;
      return Math.max(0, wrongAt + doubled - now(), isFull ? FIRST_WAIT_MS : 0);
    },
    begin: (key: string): void => {
      const digest = digestOf(key);
      const count = read(digest);
      write(digest, { ...count, underWay: count.underWay + 1 });
    },
    wasWrong: (key: string): void => {
      const digest = digestOf(key);
      const count = ended(digest);
      write(digest, { ...count, wrong: count.wrong + 1, wrongAt: now() });
    },
    wasRight: (key: string): void => {
      const digest = digestOf(key);
      write(digest, ended(digest));
    },
    /** Who was right begins anew. */
    wasRightAndForgiven: (key: string): void => {
      const digest = digestOf(key);
      write(digest, { ...ended(digest), wrong: 0 });
    },
  };
}

const digestOf = (key: string): string => createHash("sha256").update(key).digest("base64url");
