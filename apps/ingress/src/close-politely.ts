import { once } from "node:events";
import { Server } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { REST_TOLD_MS } from "./server-options.ts";

/** A body may take 2 s to arrive and its commit about 3. What is left of a process' grace belongs to what is closed next. */
const DRAIN_MS = 5_000;
/** A process that has had no quiet moment by then will have none. */
const ACCEPT_MS = 1_000;
/** What a turn takes that finds nothing to do. */
const SHORT_TURN_MS = 0.2;

/**
 * Lets the requests in flight be answered, and tells their connections that they end. Call it before the first route is added.
 * @returns how to close: takes no more connections, waits for the answers, then ends the connections that remain.
 */
export function closePolitely(app: FastifyInstance): (graceMs: number) => Promise<void> {
  const { server } = app;
  const waitingForAnswer = new Set<Promise<void>>();

  app.addHook("onRequest", async (_request, reply) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waitingForAnswer.add(promise);
    reply.raw.once("close", () => {
      waitingForAnswer.delete(promise);
      resolve();
    });
  });
  app.addHook("onSend", async (_request, reply) => {
    if (!server.listening) reply.header("connection", "close");
  });

  return async (graceMs) => {
    if (server.listening) {
      const over = new AbortController();
      const within = (ms: number) => pause(ms, undefined, { signal: over.signal }).catch(() => undefined);
      const closed = once(server, "close").finally(() => over.abort());
      const until = performance.now() + graceMs;
      const left = () => Math.max(0, until - performance.now());
      await stopListening(server, Math.min(left() / 4, ACCEPT_MS));
      // The next request of each connection at rest is answered with the word that it is the last one.
      await Promise.race([closed, within(Math.min(left() / 2, REST_TOLD_MS))]);
      await turn(); // what has arrived by now is read first: its connection doesn't rest
      server.closeIdleConnections();
      await Promise.race([closed, Promise.all(waitingForAnswer), within(Math.min(left(), DRAIN_MS))]);
      server.closeAllConnections(); // those that never sent a request, and who doesn't finish
      await closed;
    }
    await app.close();
  };
}

/** One of the loop: it looks at the clock, then reads what has arrived, then comes back here. */
const turn = () => new Promise(setImmediate);

/**
 * Takes no more connections, and leaves those that are there: the server's own `close` ends what rests at once. Whoever still waits to
 * be accepted is reset with the listening socket, unless the kernel hands him to another one (`net.ipv4.tcp_migrate_req`). The loop
 * accepts one a turn: so it closes at the end of a turn that found nobody and was too short for another to come meanwhile.
 */
async function stopListening(server: Server, withinMs: number): Promise<void> {
  let found = false;
  const onConnection = () => {
    found = true;
  };
  server.on("connection", onConnection);
  await turn(); // this one may have looked for connections already
  const until = performance.now() + withinMs;
  for (let isQuiet = false; !isQuiet && performance.now() < until; ) {
    found = false;
    const startedAt = performance.now();
    await turn();
    isQuiet = !found && performance.now() - startedAt < SHORT_TURN_MS;
  }
  server.off("connection", onConnection);
  Server.prototype.close.call(server);
}
