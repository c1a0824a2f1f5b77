export type Backoff = { baseMs: number; capMs: number };

/** The longest delay after that many failures: min(capMs, baseMs · 2^(failures−1)). `failures` counts from 1. */
export function backoffCeilingMs(failures: number, { baseMs, capMs }: Backoff): number {
  return Math.min(capMs, baseMs * 2 ** (Math.max(1, failures) - 1));
}

/**
 * Full jitter: uniformly random from 0 to the ceiling, whole milliseconds. Jobs that failed together, which a fixed delay would send
 * back together, spread out. `random` is in [0, 1).
 */
export function backoffDelayMs(failures: number, backoff: Backoff, random: number = Math.random()): number {
  return Math.floor(random * (backoffCeilingMs(failures, backoff) + 1));
}
