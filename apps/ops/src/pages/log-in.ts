import formbody from "@fastify/formbody";
import { networkOf } from "@receiver/runtime";
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { html } from "ghtml";
import { z } from "zod";
import type { AdmitUser } from "../authentication/admit-user.ts";
import { requestOriginOf } from "../authentication/request-origin.ts";
import type { SessionCookie } from "../authentication/session-cookie.ts";
import type { Sessions } from "../authentication/sessions.ts";
import { HttpProblem } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { Layout } from "./layout.ts";
import { sendPage } from "./send-page.ts";

type LogIn = {
  layout: Layout;
  admitUser: AdmitUser;
  sessions: Sessions;
  cookie: SessionCookie;
  publicUrl: string | undefined;
};

const form = z.object({
  name: z.string().max(200),
  password: z.string().max(500),
  next: z.string().max(2_000).optional(),
});
const logOutForm = z.object({ everywhere: z.literal("yes") });

/** `/login` and `/logout`: they take forms, and the first is the only page for everybody. */
export async function logInPages(app: OpsServer, dependencies: LogIn): Promise<void> {
  const { layout, admitUser, sessions, cookie, publicUrl } = dependencies;
  const isPublic = { config: { access: "public" } } as const;

  const pages: FastifyPluginAsync = async (scope) => {
    await scope.register(formbody);

    scope.get<{ Querystring: { next?: string } }>("/login", isPublic, async (request, reply) =>
      sendPage(reply, layout({ title: "Log in", user: null, body: logInForm(localPath(request.query.next)) })),
    );

    const formAgain = (reply: FastifyReply, next: string, problem: string) =>
      sendPage(reply, layout({ title: "Log in", user: null, body: logInForm(next, problem) }));

    scope.post("/login", isPublic, async (request, reply) => {
      if (requestOriginOf(request.headers, publicUrl) === "foreign") throw foreignForm();
      const given = form.safeParse(request.body);
      const next = localPath(given.data?.next);
      if (!given.success) return formAgain(reply.code(401), next, WRONG);
      const { name, password } = given.data;
      const admission = await admitUser({ name, password, network: networkOf(request.ip) });
      if (admission.kind === "later") {
        const { retryAfterSeconds } = admission;
        return formAgain(reply.code(429).header("retry-after", retryAfterSeconds), next, waitFor(retryAfterSeconds));
      }
      if (admission.kind === "wrong") return formAgain(reply.code(401), next, WRONG);
      const token = await sessions.begin(admission.user, request.cookies[cookie.name]);
      return reply.setCookie(cookie.name, token, cookie.options).redirect(next, 303);
    });

    scope.post("/logout", { config: { access: "viewer" } }, async (request, reply) => {
      const token = request.cookies[cookie.name];
      if (token !== undefined) await sessions.end(token);
      if (request.user !== null && logOutForm.safeParse(request.body).success) await sessions.endAllOf(request.user);
      const { maxAge: _, ...attributes } = cookie.options;
      return reply.clearCookie(cookie.name, attributes).redirect("/login", 303);
    });
  };
  await app.register(pages);
}

const WRONG = "Name or password is wrong.";

const waitFor = (seconds: number): string =>
  seconds < 60 ? `Too many tries: wait ${seconds} s.` : `Too many tries: wait ${Math.ceil(seconds / 60)} min.`;

const foreignForm = () => new HttpProblem(403, "FOREIGN_ORIGIN", "The form was sent from another site's page");

/** Only a path of this site: a link to the log-in page must not lead elsewhere afterwards. */
export function localPath(next: unknown): string {
  const here = "http://here.invalid";
  const url = typeof next === "string" ? URL.parse(next, here) : null;
  if (url?.origin !== here) return "/";
  return `${url.pathname}${url.search}`.replace(/^\/+/, "/"); // "/..//host" becomes "//host", which is another site
}

const logInForm = (next: string, problem = ""): string => html`<form class="log-in" method="post" action="/login">
  <h1>Receiver <span class="aside">operations</span></h1>
  !${problem === "" ? "" : html`<p class="problems" role="alert">${problem}</p>`}
  <label><span>Name</span><input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
  <label><span>Password</span><input name="password" type="password" autocomplete="current-password" required></label>
  <input type="hidden" name="next" value="${next}">
  <button>Log in</button>
</form>`;
