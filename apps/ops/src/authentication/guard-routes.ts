import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpProblem } from "../http/problem.ts";
import type { Identify, Identity } from "./identify.ts";
import { requestOriginOf } from "./request-origin.ts";
import { SESSION_COOKIE } from "./session-cookie.ts";
import type { Role, User } from "./user-list.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call the route. Unless it says so: viewers what only reads, operators what changes something. */
    access?: "public" | Role;
  }
  interface FastifyRequest {
    /** null on public routes only. */
    user: User | null;
  }
}

const reading = ["GET", "HEAD", "OPTIONS"];

/** Every route but the public ones asks who calls, may they, and did they mean to. Unknown addresses ask too. */
export function guardRoutes(
  app: FastifyInstance,
  { identify, publicUrl }: { identify: Identify; publicUrl: string | undefined },
) {
  app.decorateRequest("user", null);
  app.addHook("onRequest", async (request) => {
    const onlyReads = reading.includes(request.method);
    const access = request.routeOptions.config?.access ?? (onlyReads || request.is404 ? "viewer" : "operator");
    if (access === "public") return;
    const identity = await identify({ headers: request.headers, session: request.cookies[SESSION_COOKIE] });
    if (identity.kind !== "known") throw unauthenticated(request, identity);
    if (!onlyReads) refuseForgery(request, identity.by, publicUrl);
    if (access === "operator" && identity.user.role !== "operator") throw onlyForOperators();
    request.user = identity.user;
  });
}

/** The user's name, for the audit. */
export function actorOf(request: FastifyRequest): string {
  if (request.user === null) throw new Error("a public route has no actor");
  return request.user.name;
}

/** A browser that gets this header asks for a password: only where machines call, or when one was sent. */
const challenge = { "www-authenticate": 'Basic realm="ops", charset="UTF-8"' };

function unauthenticated(request: FastifyRequest, identity: Identity): HttpProblem {
  const isForMachines = /^\/(?:api(?:[/?]|$)|openapi\.json)/.test(request.url);
  const headers = isForMachines || identity.kind === "refused" ? challenge : {};
  const detail = "Log in, or send name and password of a user of OPS_USERS by HTTP Basic";
  return new HttpProblem(401, "UNAUTHENTICATED", detail, { headers });
}

const onlyForOperators = () =>
  new HttpProblem(403, "OPERATORS_ONLY", "This changes something, or shows raw bodies: a viewer may not");

/**
 * Browsers attach cookies, and remembered Basic passwords, whoever made them send the request. A program that sends a
 * password on purpose tells no origin; a session without one is refused.
 */
function refuseForgery({ headers }: FastifyRequest, by: "password" | "session", publicUrl: string | undefined): void {
  const origin = requestOriginOf(headers, publicUrl);
  if (origin === "same" || (origin === "untold" && by === "password")) return;
  throw new HttpProblem(
    403,
    "FOREIGN_ORIGIN",
    "A session changes things only from this site's own pages: programs use HTTP Basic",
  );
}
