import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Admission } from "../admit-request.ts";
import type { RequestChecks } from "../checks/check-request.ts";
import type { CheckName } from "../checks/request-check.ts";
import type { LimitFailures } from "../limit-failures.ts";
import { answerTo, refusal } from "../receipt.ts";
import type { ReceiveDelivery } from "../receive-delivery.ts";
import type { Report } from "../report-troubles.ts";
import { ANSWER_WITHIN_MS } from "../server-options.ts";
import { WEBHOOK_PATH } from "../webhook-url.ts";
import { sendAnswer } from "./send-answer.ts";

type Route = { Params: { token: string } };

export type WebhookDeps = {
  checks: RequestChecks;
  /** The connection of one who may send. */
  recognise(socket: Socket): void;
  limitFailures: LimitFailures;
  admit: Admission["admit"];
  receive: ReceiveDelivery;
  report: Report;
};

/**
 * `POST /webhooks/danaya/:token`. Who sends is looked at before the body is read, and once more, for its signature, before it is
 * parsed; the body is taken as bytes, whatever its type.
 */
export function webhookRoute(app: FastifyInstance, deps: WebhookDeps): void {
  const { checks, recognise, limitFailures, admit, receive, report } = deps;

  const refuse = (request: FastifyRequest<Route>, reply: FastifyReply, failed: readonly CheckName[]) => {
    for (const check of failed) report.checkFailed(check);
    // Who has a valid token hears 401 however often: he is a sender of ours with a mistake in his other secrets.
    const retryAfterSeconds = failed.includes("token") ? limitFailures(request.ip) : 0;
    const unauthorised = { kind: "unauthorised", headers: checks.challenge } as const;
    return sendAnswer(reply, report, answerTo(retryAfterSeconds > 0 ? throttled(retryAfterSeconds) : unauthorised));
  };
  const authorise = async (request: FastifyRequest<Route>, reply: FastifyReply) => {
    const failed = checks.ofHeaders(request.params.token, request);
    if (failed.length > 0) return refuse(request, reply, failed);
    recognise(request.socket);
    if (!admit(request, reply)) return sendAnswer(reply, report, overloaded);
    // Fastify answers 415 to a malformed type, before it asks any parser. A message must not be lost to a header.
    delete request.raw.headers["content-type"];
  };

  // Nor to this one: Node by itself answers 417 to an expectation that it doesn't know.
  app.server.on("checkExpectation", (request, response) => app.routing(request, response));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.post<Route>(`${WEBHOOK_PATH}/:token`, { onRequest: authorise }, async (request, reply) => {
    const body = bytesOf(request.body);
    const failed = checks.ofBody(request, body);
    if (failed.length > 0) return refuse(request, reply, failed);
    const receipt = await receive(body, ANSWER_WITHIN_MS - reply.elapsedTime);
    return sendAnswer(reply, report, answerTo(receipt));
  });
  app.route({
    method: app.supportedMethods.filter((method) => method !== "POST"),
    url: `${WEBHOOK_PATH}/:token`,
    onRequest: async (_request, reply) => sendAnswer(reply, report, methodNotAllowed),
    handler: async () => undefined, // the hook has answered
  });
}

const throttled = (retryAfterSeconds: number) => ({ kind: "throttled", retryAfterSeconds }) as const;
const overloaded = refusal("OVERLOADED", { headers: { "retry-after": "1" } });
const methodNotAllowed = refusal("METHOD_NOT_ALLOWED", { headers: { allow: "POST" } });

/** Without a body there is nothing to parse, and Fastify parses nothing. */
function bytesOf(body: unknown): Uint8Array {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
