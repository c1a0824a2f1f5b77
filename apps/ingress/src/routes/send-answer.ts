import { finished } from "node:stream";
import type { FastifyReply } from "fastify";
import { type Answer, refusal } from "../receipt.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Report } from "../report-troubles.ts";

type Reply = Pick<FastifyReply, "code" | "headers" | "send" | "removeHeader" | "raw" | "request">;

export function sendAnswer<R extends Reply>(reply: R, report: Report, answer: Answer): R {
  if (answer.code !== null) report.refused(answer.code);
  // Fastify closes the connection when it gives up on a body, and who is still sending then sees a reset in place of the
  // answer. Left open, the rest is read and dropped, within the time that any request has to arrive.
  reply.removeHeader("connection");
  closeAfterBody(reply);
  reply.code(answer.status).headers(answer.headers).send(Buffer.from(answer.body)); // to a string Fastify adds a charset
  return reply;
}

/** Node ends the connection of who asked for that with its answer, the rest of the body unread. */
function closeAfterBody({ raw: response, request: { raw: request } }: Reply): void {
  if (request.complete || response.shouldKeepAlive) return;
  response.shouldKeepAlive = true;
  finished(request, () => request.socket.destroySoon());
}

export function sendRefusal<R extends Reply>(reply: R, report: Report, code: RefusalCode): R {
  return sendAnswer(reply, report, refusal(code));
}
