import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from "fastify";
import { HttpProblem, tooManyTries } from "../http/problem.ts";
import type { Identify, Identity } from "./identify.ts";
import { requestOriginOf } from "./request-origin.ts";
import type { Machine, Scope } from "./scopes.ts";
import type { Role, User } from "./user-list.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Which people may call the route. Unless it says so: viewers what only reads, operators what changes something. */
    access?: "public" | Role | "no people";
    /** Which machines may: those with this scope. Unless it says so, none. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** null on public routes, and for a machine. */
    user: User | null;
    /** null but for a machine. */
    machine: Machine | null;
  }
}

const reading = ["GET", "HEAD", "OPTIONS"];

type Guard = { identify: Identify; publicUrl: string | undefined; cookieName: string };

/** Every route but the public ones asks who calls, may they, and did they mean to. Unknown addresses ask too. */
export function guardRoutes(app: FastifyInstance, { identify, publicUrl, cookieName }: Guard): void {
  app.decorateRequest("user", null);
  app.decorateRequest("machine", null);
  app.addHook("onRequest", async (request) => {
    const rule = ruleOf(request);
    if (rule.access === "public") return;
    const { headers, ip: address } = request;
    const identity = await identify({ headers, session: request.cookies[cookieName], address });
    if (identity.kind === "later") throw tooManyTries(identity.retryAfterSeconds);
    if (identity.kind === "refused" || identity.kind === "nobody") throw unauthenticated(request, identity);
    if (identity.kind === "machine") {
      request.machine = refuseOtherScopes(identity.machine, rule);
      return;
    }
    if (!rule.onlyReads) refuseForgery(request, identity.by, publicUrl);
    request.user = refuseOtherRoles(identity.user, rule);
  });
}

type Rule = Required<Pick<FastifyContextConfig, "access">> &
  Pick<FastifyContextConfig, "scope"> & { onlyReads: boolean };

function ruleOf({ method, routeOptions, is404 }: FastifyRequest): Rule {
  const onlyReads = reading.includes(method);
  const { access = onlyReads || is404 ? "viewer" : "operator", scope } = routeOptions.config ?? {};
  return { access, onlyReads, ...(scope && { scope }) };
}

function refuseOtherScopes(machine: Machine, { scope }: Rule): Machine {
  if (scope === undefined || !machine.scopes.has(scope)) throw outOfScope();
  return machine;
}

function refuseOtherRoles(user: User, { access }: Rule): User {
  if (access === "no people") throw onlyForMachines();
  if (access === "operator" && user.role !== "operator") throw onlyForOperators();
  return user;
}

/** Who called, for the audit. No user's name has a colon. */
export function actorOf({ user, machine }: FastifyRequest): string {
  if (user !== null) return user.name;
  if (machine !== null) return `credential:${machine.name}`;
  throw new Error("a public route has no actor");
}

/** A browser that gets this header asks for a password: only where machines call, or when one was sent. */
const challenge = { "www-authenticate": 'Basic realm="ops", charset="UTF-8"' };

function unauthenticated(request: FastifyRequest, identity: Identity): HttpProblem {
  const isForMachines = /^\/(?:api(?:[/?]|$)|openapi\.json)/.test(request.url);
  const headers = isForMachines || identity.kind === "refused" ? challenge : {};
  const detail =
    "Log in, send name and password of a user of OPS_USERS by HTTP Basic, or a machine's credential as a Bearer token";
  return new HttpProblem(401, "UNAUTHENTICATED", detail, { headers });
}

const onlyForOperators = () =>
  new HttpProblem(403, "OPERATORS_ONLY", "This changes something, or shows what only operators see: a viewer may not");

const onlyForMachines = () =>
  new HttpProblem(403, "MACHINES_ONLY", "This is for machine credentials: an operator says why, by POST");

export const outOfScope = () =>
  new HttpProblem(403, "OUT_OF_SCOPE", "No scope of this machine credential covers the request");

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
