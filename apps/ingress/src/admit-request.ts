import { getHeapStatistics } from "node:v8";
import type { FastifyReply, FastifyRequest } from "fastify";

/** What this process may have in hand at once. */
export type Limits = {
  /** About a tenth of a second's work: more would only wait, and be answered too late. */
  requests: number;
  /** Of bodies that arrive, wait or are being stored. They lie outside the heap, so that its own limit does not bound them. */
  bytes: number;
  /** Milliseconds that a turn of the event loop is late, on average, in two samples running. */
  loopDelayMs: number;
  /** Beyond this the collector takes the time that requests need; at the limit itself the process dies. */
  heapBytes: number;
};

export const limits: Limits = {
  requests: 1_000,
  bytes: 256 * 1_024 * 1_024,
  loopDelayMs: 1_000,
  heapBytes: 0.9 * getHeapStatistics().heap_size_limit,
};

/** How often the event loop and the heap are looked at. */
export const SAMPLED_EVERY_MS = 500;

export type Admission = {
  /** False: it must be answered at once that there is no room. Otherwise room is kept until the answer is out. */
  admit(request: FastifyRequest, reply: FastifyReply): boolean;
};

export type AdmissionDeps = {
  limits: Limits;
  /** What a body is taken to have whose length is not announced. */
  bodyLimitBytes: number;
  /** The last sample. */
  measure(): { eventLoopDelay: number; heapUsed: number };
};

/**
 * Bounds what is in hand, so that an overloaded process says so in a millisecond instead of answering everybody too late. Asked
 * after the token: who has none takes no room.
 */
export function createAdmission({ limits, bodyLimitBytes, measure }: AdmissionDeps): Admission {
  const inHand = { requests: 0, bytes: 0 };
  const isLateAgain = twiceAbove(limits.loopDelayMs);
  return {
    admit: (request, reply) => {
      const { eventLoopDelay, heapUsed } = measure();
      // Of a longer one nothing is kept: it is refused for its length.
      const bytes = Math.min(announcedBytes(request) ?? bodyLimitBytes, bodyLimitBytes);
      const isFull = inHand.requests >= limits.requests || inHand.bytes + bytes > limits.bytes;
      if (isLateAgain(eventLoopDelay) || isFull || heapUsed > limits.heapBytes) return false;
      inHand.requests += 1;
      inHand.bytes += bytes;
      reply.raw.once("close", () => {
        inHand.requests -= 1;
        inHand.bytes -= bytes;
      });
      return true;
    },
  };
}

function announcedBytes({ headers }: FastifyRequest): number | null {
  const length = headers["content-length"];
  return length === undefined ? null : Number(length);
}

/** One late sample is also what a process sees that was frozen, or whose machine was: it has nothing in hand then. */
function twiceAbove(limit: number): (sample: number) => boolean {
  let last = 0;
  let above = 0;
  return (sample) => {
    if (sample !== last) above = sample > limit ? above + 1 : 0;
    last = sample;
    return above >= 2;
  };
}
