import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Admission } from "../admit-request.ts";
import type { CheckToken } from "../check-token.ts";
import type { LimitFailures } from "../limit-failures.ts";
import { answerTo, refusal } from "../receipt.ts";
import type { ReceiveDelivery } from "../receive-delivery.ts";
import type { Report } from "../report-troubles.ts";
import { ANSWER_WITHIN_MS } from "../server-options.ts";
import { WEBHOOK_PATH } from "../webhook-url.ts";
import { sendAnswer } from "./send-answer.ts";

type Route = { Params: { token: string } };

export type WebhookDeps = {
  checkToken: CheckToken;
  tokenUsed(name: string): void;
  limitFailures: LimitFailures;
  admit: Admission["admit"];
  receive: ReceiveDelivery;
  report: Report;
};

/** `POST /webhooks/danaya/:token`. The token is looked at before the body is read; the body is taken as bytes, whatever its type. */
export function webhookRoute(app: FastifyInstance, deps: WebhookDeps): void {
  const { checkToken, tokenUsed, limitFailures, admit, receive, report } = deps;

  const authorise = async (request: FastifyRequest<Route>, reply: FastifyReply) => {
    const name = checkToken(request.params.token);
    if (name === null) {
      const retryAfterSeconds = limitFailures(request.ip);
      const receipt = retryAfterSeconds > 0 ? throttled(retryAfterSeconds) : unauthorised;
      return sendAnswer(reply, report, answerTo(receipt));
    }
    tokenUsed(name);
    if (!admit(request, reply)) return sendAnswer(reply, report, overloaded);
    // Fastify answers 415 to a malformed type, before it asks any parser. A message must not be lost to a header.
    delete request.raw.headers["content-type"];
  };

  // Nor to this one: Node by itself answers 417 to an expectation that it doesn't know.
  app.server.on("checkExpectation", (request, response) => app.routing(request, response));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.post<Route>(`${WEBHOOK_PATH}/:token`, { onRequest: authorise }, async (request, reply) => {
    const receipt = await receive(bytesOf(request.body), ANSWER_WITHIN_MS - reply.elapsedTime);
    return sendAnswer(reply, report, answerTo(receipt));
  });
  app.route({
    method: app.supportedMethods.filter((method) => method !== "POST"),
    url: `${WEBHOOK_PATH}/:token`,
    onRequest: async (_request, reply) => sendAnswer(reply, report, methodNotAllowed),
    handler: async () => undefined, // the hook has answered
  });
}

const unauthorised = { kind: "unauthorised" } as const;
const throttled = (retryAfterSeconds: number) => ({ kind: "throttled", retryAfterSeconds }) as const;
const overloaded = refusal("OVERLOADED", { headers: { "retry-after": "1" } });
const methodNotAllowed = refusal("METHOD_NOT_ALLOWED", { headers: { allow: "POST" } });

/** Without a body there is nothing to parse, and Fastify parses nothing. */
function bytesOf(body: unknown): Uint8Array {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
