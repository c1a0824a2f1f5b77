import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

/**
 * What became of one delivery: the status of its answer and the id in it, or the code of the error in place of one; `kept`: it
 * went over a connection that had been used before.
 */
export type Outcome = { result: number | string; deliveryId: string | null; elapsedMs: number; kept: boolean };

export type SteadyLoad = {
  /** Grows while it runs. */
  outcomes: readonly Outcome[];
  /** Ends it, and waits for the last answer. */
  stop(): Promise<readonly Outcome[]>;
  /** For the end of a test that failed. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** A sender's own patience: longer than any answer may take. */
const PATIENCE_MS = 10_000;

/**
 * Posts so many deliveries a second, at an even pace whatever becomes of them, half of them on connections that are kept and half
 * on a new one each. A late timer is made good, so that a busy machine lowers the evenness and not the rate.
 */
export function steadyLoad(
  webhookUrl: string,
  { perSecond, next }: { perSecond: number; next(): Uint8Array },
): SteadyLoad {
  const agents = [new Agent({ keepAlive: true, maxSockets: 16 }), new Agent({ keepAlive: false })] as const;
  const outcomes: Outcome[] = [];
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();

  const send = async (agent: Agent | undefined): Promise<void> => {
    const startedAt = performance.now();
    const outcome = await post(webhookUrl, next(), agent);
    outcomes.push({ ...outcome, elapsedMs: performance.now() - startedAt });
  };
  const run = async (): Promise<void> => {
    const startedAt = performance.now();
    for (let sent = 0; !stopped.signal.aborted; sent += 1) {
      const dueAt = startedAt + (sent * 1_000) / perSecond;
      await pause(Math.max(0, dueAt - performance.now()), undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) break;
      const sending: Promise<void> = send(agents[sent % 2]).finally(() => underWay.delete(sending));
      underWay.add(sending);
    }
  };
  const running = run();
  const stop = async () => {
    stopped.abort();
    await running;
    await Promise.all(underWay);
    for (const agent of agents) agent.destroy();
    return outcomes;
  };
  return { outcomes, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

type Answered = Omit<Outcome, "elapsedMs">;

async function post(url: string, body: Uint8Array, agent: Agent | undefined): Promise<Answered> {
  const headers = { "content-type": "application/json", "content-length": body.byteLength };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const outgoing = request(url, { method: "POST", headers, signal, ...(agent && { agent }) });
  const answer = once(outgoing, "response"); // rejects with the request's error
  outgoing.end(body);
  try {
    const [response] = (await answer) as [IncomingMessage];
    const { deliveryId = null } = (await json(response)) as { deliveryId?: string };
    return { result: response.statusCode ?? 0, deliveryId, kept: outgoing.reusedSocket };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { result: code ?? message, deliveryId: null, kept: outgoing.reusedSocket };
  }
}
