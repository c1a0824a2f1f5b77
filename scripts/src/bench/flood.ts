import autocannon from "autocannon";

/** Times in milliseconds. */
export type Flood = { perSecond: number; p50: number; p99: number; max: number; answered: number; failed: number };
export type FloodOptions = {
  url: string;
  connections: number;
  seconds: number;
  nextBody: () => string;
  /** Aborted: it ends early, with what was answered by then. */
  signal: AbortSignal;
};

/** Posts from all connections, each as soon as it is answered. */
export async function flood({ url, connections, seconds, nextBody, signal }: FloodOptions): Promise<Flood> {
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const running = autocannon(
    {
      url,
      connections,
      duration: seconds,
      requests: [
        {
          method: "POST",
          headers: { "content-type": "application/json" },
          setupRequest: (request) => ({ ...request, body: nextBody() }),
        },
      ],
    },
    (error, result) => (error ? reject(error) : resolve(result)),
  );
  const stop = () => running.stop?.();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return figuresOf(await promise);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function figuresOf({ latency, requests, errors, non2xx, "2xx": answered }: autocannon.Result): Flood {
  return {
    perSecond: requests.average,
    p50: latency.p50,
    p99: latency.p99,
    max: latency.max,
    answered,
    failed: errors + non2xx, // `errors` has the time-outs
  };
}
