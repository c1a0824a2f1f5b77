import { type FastifyReply, fastify } from "fastify";
import type { Registry } from "prom-client";
import { toReceiverError } from "../errors/to-receiver-error.ts";
import { listenOn } from "../lifecycle/listen-on.ts";
import { type Checks, runChecks } from "./run-checks.ts";

/** Only a ready process is asked for its checks. */
export type Phase = "starting" | "ready" | "stopping";

export type PrivateListenerOptions = {
  /** 0 for a free one. */
  port: number;
  host: string;
  registry: Registry;
  /** Read at each question: checks may be added while the process starts. */
  checks: Checks;
  /** "ready" unless given. */
  phase?: () => Phase;
};

export type PrivateListener = { url: string; close(): Promise<void> };

/** A probe or a scrape sends a few hundred bytes; who is slower than this is neither. */
const REQUEST_LIMIT_MS = 5_000;

/**
 * Not for the public: `GET /metrics` (Prometheus text), `GET /healthz` (200 while the process answers), `GET /readyz`
 * (200 or 503 with `{ status, checks: { name: "ok" | code } }`).
 * @throws ReceiverError PORT_UNAVAILABLE
 */
export async function startPrivateListener(options: PrivateListenerOptions): Promise<PrivateListener> {
  const server = buildListener(options);
  return { url: await listenOn(server, options), close: () => server.close() };
}

function buildListener({ registry, checks, phase = () => "ready" }: PrivateListenerOptions) {
  const server = fastify({
    logger: false,
    forceCloseConnections: true, // the stop waits for no probe and no scrape
    frameworkErrors: (_error, _request, reply) => refuse(reply, 400, "URL_MALFORMED"),
    http: { headersTimeout: REQUEST_LIMIT_MS, requestTimeout: REQUEST_LIMIT_MS, connectionsCheckingInterval: 1_000 },
  });
  server.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  server.get("/healthz", async () => ({ status: "alive" }));
  server.get("/readyz", async (_request, reply) => {
    const now = phase();
    if (now !== "ready") return reply.code(503).send({ status: now, checks: {} });
    const { passed, checks: results } = await runChecks(checks);
    return reply.code(passed ? 200 : 503).send({ status: passed ? "ready" : "not-ready", checks: results });
  });
  server.setNotFoundHandler((_request, reply) => refuse(reply, 404, "NOT_FOUND"));
  server.setErrorHandler((thrown, _request, reply) => refuse(reply, 500, toReceiverError(thrown).code));
  return server;
}

/** By RFC 9457, without a word of what was asked for: the framework's own errors quote the path. */
const refuse = (reply: FastifyReply, status: number, code: string): FastifyReply =>
  reply
    .code(status)
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", status, code }));
