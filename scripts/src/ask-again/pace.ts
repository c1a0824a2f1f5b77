import { setTimeout as sleep } from "node:timers/promises";

/** Waits; ends early, and never rejects, when the signal says so. */
export type Wait = (ms: number) => Promise<void>;

export const waitUntil =
  (interrupted: AbortSignal): Wait =>
  (ms) =>
    sleep(ms, undefined, { signal: interrupted }).catch(() => {});

/** `turn` resolves when the next question may be put: never sooner after the last one than `perSecond` allows. */
export function createPace(
  perSecond: number,
  wait: Wait,
  now: () => number = () => performance.now(),
): { turn(): Promise<void> } {
  const intervalMs = 1_000 / perSecond;
  let next = now();
  return {
    turn: async () => {
      const lateMs = next - now();
      if (lateMs > 0) await wait(lateMs);
      next = now() + intervalMs;
    },
  };
}
