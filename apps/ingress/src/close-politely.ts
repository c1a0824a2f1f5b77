import { once } from "node:events";
import type { FastifyInstance } from "fastify";

/** A body may take 2 s to arrive and its commit about 3. What is left of a process' grace belongs to what is closed next. */
const DRAIN_MS = 5_000;

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
      const closed = once(server, "close");
      server.close(); // ends idle connections too, but neither those that never sent a request nor those that come to rest later
      const overdue = Promise.withResolvers<void>();
      const timer = setTimeout(overdue.resolve, Math.min(graceMs, DRAIN_MS));
      await Promise.race([Promise.all(waitingForAnswer), overdue.promise]);
      clearTimeout(timer);
      server.closeAllConnections();
      await closed;
    }
    await app.close();
  };
}
