import { connect } from "node:net";
import type { Request } from "../plan/input.ts";
import { type Answer, readAnswer } from "./read-answer.ts";

/** `closed`: the connection ended, or broke, without a whole answer. `hang`: nothing came in time. */
export type Outcome = ({ kind: "answer"; answer: Answer } | { kind: "closed"; why: string } | { kind: "hang" }) & {
  elapsedMs: number;
};

/** The ingress gives a request 2 s to arrive and itself 5 s to answer; a machine that is busy with something else needs more. */
export const ANSWER_WITHIN_MS = 15_000;

/** Sends these bytes on a connection of their own, and reads the first answer that is final. Never rejects. */
export async function exchange(
  url: URL,
  { wire, ends, isHead }: Request,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Outcome> {
  const startedAt = performance.now();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true, noDelay: true });
  const settle = (outcome: { kind: "hang" } | { kind: "closed"; why: string } | { kind: "answer"; answer: Answer }) =>
    resolve({ ...outcome, elapsedMs: performance.now() - startedAt });
  const timer = setTimeout(() => settle({ kind: "hang" }), withinMs);

  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    const answer = readAnswer(received, { isHead });
    if (answer !== null) settle({ kind: "answer", answer });
  });
  socket.once("end", () => settle({ kind: "closed", why: "ended" }));
  socket.once("close", () => settle({ kind: "closed", why: "closed" }));
  socket.once("error", ({ code = "error" }: NodeJS.ErrnoException) => settle({ kind: "closed", why: code }));
  socket.write(wire);
  if (ends) socket.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.on("error", () => undefined); // what breaks after the answer is no part of it
    socket.destroy();
  }
}
