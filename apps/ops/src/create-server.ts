import { randomUUID } from "node:crypto";
import { fastify } from "fastify";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { problemFrom, sendProblem } from "./http/answer-errors.ts";
import { headersOfBareAnswers } from "./http/security-headers.ts";
import { zodValidation } from "./http/zod-validation.ts";
import type { OpsServer } from "./server.ts";

/** A status map, or a list of a thousand company ids, with room to spare. */
const BODY_LIMIT_BYTES = 512 * 1024;
/** A dry run of a thousand deliveries takes seconds; one that hangs must end. */
const ANSWERED_WITHIN_MS = 60_000;
const ARRIVES_WITHIN_MS = 15_000;

/** A server without routes: zod's schemas, JSON bodies only, no log line of its own (Fastify's quote URLs). */
export function createServer(trustedProxies: readonly string[]): OpsServer {
  const app = fastify({
    logger: false,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    bodyLimit: BODY_LIMIT_BYTES,
    handlerTimeout: ANSWERED_WITHIN_MS,
    http: { headersTimeout: ARRIVES_WITHIN_MS, requestTimeout: ARRIVES_WITHIN_MS, connectionsCheckingInterval: 1_000 },
    forceCloseConnections: true, // a browser's idle connection must not hold up the stop
    genReqId: () => randomUUID(),
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => sendProblem(reply.headers(headersOfBareAnswers), problemFrom(error)),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(zodValidation);
  app.setSerializerCompiler(serializerCompiler);
  takeJsonOnly(app);
  // What is shown here is for who is logged in, and true for now.
  app.addHook("onRequest", async (_request, reply) => void reply.header("cache-control", "no-store"));
  return app;
}

/** An empty body is none: clients send the header with every POST. */
function takeJsonOnly(app: OpsServer): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) =>
    body === "" ? done(null, undefined) : parseJson(request, body, done),
  );
}
