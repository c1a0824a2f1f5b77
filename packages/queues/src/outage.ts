import type { Logger } from "@receiver/runtime";
import { withDeadline } from "./deadline.ts";

/** Delay between two questions whether infrastructure is back: doubles from `firstMs` up to `capMs`, half of it random. Milliseconds. */
export type ProbeDelay = { firstMs: number; capMs: number };

/** Soon enough for a restart of the database, slow enough not to be one more load on it while it recovers. */
export const probeDelay: ProbeDelay = { firstMs: 500, capMs: 10_000 };

/** One question may take this long; a connection that hangs is no answer. */
const ANSWER_MS = 5_000;

export type OutageWatch = {
  /** True while the worker takes no jobs. */
  isHeld(): boolean;
  /** How long a job that met the outage should stay away. Milliseconds. */
  delayMs(): number;
  /** A job met an infrastructure error. */
  met(error: unknown): void;
  /** A job ended in another way: what it needs is there. */
  over(): void;
  stop(): void;
};

/**
 * steady ── met ──▶ held ── answered ──▶ trial ── over ──▶ steady        any ── stop ──▶ stopped
 *                    ▲                     │
 *                    └──────── met ────────┘   with a longer delay: what was asked answers, and still no job gets through
 */
export function watchOutage(worker: {
  available(): Promise<void>;
  hold(): void;
  release(): void;
  delay: ProbeDelay;
  logger: Logger;
}): OutageWatch {
  const { available, hold, release, delay, logger } = worker;
  let state: "steady" | "held" | "trial" | "stopped" = "steady";
  let rounds = 0;
  let timer: NodeJS.Timeout | undefined;

  const delayMs = () => Math.min(delay.capMs, delay.firstMs * 2 ** rounds);

  function askLater(): void {
    timer = setTimeout(() => void ask(), delayMs() * (0.5 + Math.random() / 2));
    rounds += 1;
  }

  async function ask(): Promise<void> {
    const answered = await answers(available);
    if (state !== "held") return;
    if (!answered) return askLater();
    state = "trial";
    logger.info({ event: "worker-released", count: rounds });
    release();
  }

  return {
    isHeld: () => state === "held",
    delayMs,
    met(error) {
      if (state === "held" || state === "stopped") return;
      state = "held";
      logger.warn({ event: "worker-held", err: error, delayMs: delayMs() });
      hold();
      askLater();
    },
    over() {
      if (state !== "trial") return;
      state = "steady";
      rounds = 0;
    },
    stop() {
      state = "stopped";
      clearTimeout(timer);
    },
  };
}

async function answers(available: () => Promise<void>): Promise<boolean> {
  try {
    await withDeadline(available(), ANSWER_MS);
    return true;
  } catch {
    return false;
  }
}
