import type { Logger } from "@receiver/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import { logIfOurs, problemFrom, sendProblem } from "../http/answer-errors.ts";
import { HttpProblem } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { Layout } from "./layout.ts";
import { problemPage } from "./problem-page.ts";
import { sendPage } from "./send-page.ts";

type Tools = { layout: Layout; logger: Logger };

/** Whatever goes wrong: a page for people, problem+json for programs, and who isn't logged in is asked to. */
export function answerErrors(app: OpsServer, { layout, logger }: Tools): void {
  app.setNotFoundHandler(() => {
    throw new HttpProblem(404, "NOT_FOUND", "There is nothing at this address");
  });
  app.setErrorHandler((thrown, request, reply) => {
    const problem = problemFrom(thrown);
    const requestId = logIfOurs(logger, thrown, problem, request);
    if (!isForPeople(request)) return sendProblem(reply, problem, requestId);
    if (problem.code === "UNAUTHENTICATED") return askToLogIn(request, reply);
    return sendPage(reply.code(problem.status).headers(problem.headers), problemPage(layout, problem, request.user));
  });
}

const isForPeople = ({ url, headers }: FastifyRequest): boolean =>
  !url.startsWith("/api/") && (headers.accept ?? "").includes("text/html");

/** Back to where they were going, unless that was to change something. */
function askToLogIn({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const next = method === "GET" && url !== "/" ? `?${new URLSearchParams({ next: url })}` : "";
  return reply.redirect(`/login${next}`, 303);
}
