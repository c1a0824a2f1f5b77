import type { Logger } from "@receiver/runtime";
import type { FastifyError, FastifyInstance } from "fastify";
import type { ConnectionErrors } from "../connection-errors.ts";
import { answerTo, refusal, unavailable } from "../receipt.ts";
import type { Report } from "../report-troubles.ts";
import { sendAnswer, sendRefusal } from "./send-answer.ts";

type Tools = { connections: ConnectionErrors; report: Report; logger: Logger };

/** What no route answers. */
export function answerErrors(app: FastifyInstance, { connections, report, logger }: Tools): void {
  // Not in a not-found handler: that would come after the body, which is nobody's to send here.
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) return sendRefusal(reply, report, "NOT_FOUND");
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (connections.hasEnded(request.socket)) return reply.hijack();
    const answer = answerToError(error);
    if (answer.code === "INTERNAL") logger.error({ event: "request-failed", err: error });
    return sendAnswer(reply, report, answer);
  });
}

function answerToError(error: FastifyError) {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return answerTo({ kind: "too-large" });
  if (error.code === "FST_ERR_HANDLER_TIMEOUT") return answerTo(unavailable);
  // A stream that breaks off: Fastify gives these no code of its own.
  return error.statusCode === 400 ? refusal("BODY_INCOMPLETE") : refusal("INTERNAL");
}
