import { createTryCounter } from "./try-counter.ts";

const MINUTE_MS = 60_000;

/** People mistype five times at most before they look the password up; from there a day holds about 100 tries. */
const ofNameInNetwork = { free: 5, longestMs: 15 * MINUTE_MS };
/** Several people behind one address; from there a day holds about 100 tries of whatever names. */
const ofNetwork = { free: 20, longestMs: 15 * MINUTE_MS };
/** Many networks that guess at one name. Short, because whoever has the networks holds up the name's owner, too. */
const ofName = { free: 50, longestMs: 30_000 };

/** Networks from which a name has come in since the process began: more than people have. */
const MAX_KNOWN = 10_000;

/** Who tries: a name, whether anybody has it or not, and the network that the request came from. */
export type Try = { name: string; network: string };
export type LockOut = ReturnType<typeof createLockOut>;

/**
 * How long who guesses must wait. Three counts, each with a wait of its own: of a name in a network, of a network, of a name. A
 * name counts whether anybody has it or not. Nobody is locked out for ever: no wait is longer than a quarter of an hour, a try that was
 * refused prolongs none, and from a network where a name has come in before, others' tries hold it up no more.
 */
export function createLockOut(now: () => Date) {
  const time = () => now().getTime();
  const pairs = createTryCounter(ofNameInNetwork, time);
  const networks = createTryCounter(ofNetwork, time);
  const names = createTryCounter(ofName, time);
  const known = new Set<string>();
  return {
    waitMs: ({ name, network }: Try): number => {
      const pair = keyOf({ name, network });
      if (known.has(pair)) return pairs.waitMs(pair);
      return Math.max(pairs.waitMs(pair), networks.waitMs(network), names.waitMs(name));
    },
    /** Before the password is looked at, so that many tries at once are counted, too. */
    begin: ({ name, network }: Try): void => {
      pairs.begin(keyOf({ name, network }));
      networks.begin(network);
      names.begin(name);
    },
    wasWrong: ({ name, network }: Try): void => {
      pairs.wasWrong(keyOf({ name, network }));
      networks.wasWrong(network);
      names.wasWrong(name);
    },
    /** Who has a password of his own must not free the network's count with it: others' wrong tries stay, as old as they are. */
    cameIn: ({ name, network }: Try): void => {
      const pair = keyOf({ name, network });
      pairs.wasRightAndForgiven(pair);
      networks.wasRight(network);
      names.wasRight(name);
      if (known.size < MAX_KNOWN) known.add(pair);
    },
  };
}

const keyOf = ({ name, network }: Try): string => JSON.stringify([name, network]);
