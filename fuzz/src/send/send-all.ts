import type { Input } from "../plan/input.ts";
import { exchange, type Outcome } from "./exchange.ts";

/** So many connections at once: enough that requests meet, and few enough that none is refused for want of room. */
const AT_ONCE = 16;

export type Sending = {
  url: URL;
  indexes: readonly number[];
  draw(index: number): Input;
  signal: AbortSignal;
  /** Called before a body is out: what it becomes may be seen before its answer. */
  leaving(input: Input): void;
  answered(input: Input, outcome: Outcome): void;
};

/** Each input once, in their order, a few at a time. Resolves early when aborted. */
export async function sendAll({ url, indexes, draw, signal, leaving, answered }: Sending): Promise<void> {
  const left = indexes.values();
  const send = async () => {
    for (const index of left) {
      if (signal.aborted) return;
      const input = draw(index);
      leaving(input);
      answered(input, await exchange(url, input.request));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
}
