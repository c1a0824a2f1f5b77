import formbody from "@fastify/formbody";
import type { FastifyPluginAsync } from "fastify";
import { html } from "ghtml";
import { z } from "zod";
import type { PasswordCheck } from "../authentication/check-password.ts";
import { requestOriginOf } from "../authentication/request-origin.ts";
import { SESSION_COOKIE, sessionCookieOptions } from "../authentication/session-cookie.ts";
import type { Sessions } from "../authentication/sessions.ts";
import { HttpProblem } from "../http/problem.ts";
import type { OpsServer } from "../server.ts";
import type { Layout } from "./layout.ts";
import { sendPage } from "./send-page.ts";

type LogIn = { layout: Layout; checkPassword: PasswordCheck; sessions: Sessions; publicUrl: string | undefined };

const form = z.object({
  name: z.string().max(200),
  password: z.string().max(500),
  next: z.string().max(2_000).optional(),
});

/** `/login` and `/logout`: the only addresses that take a form, and the only page for everybody. */
export async function logInPages(app: OpsServer, dependencies: LogIn): Promise<void> {
  const { layout, checkPassword, sessions, publicUrl } = dependencies;
  const cookie = sessionCookieOptions(publicUrl);
  const isPublic = { config: { access: "public" } } as const;

  const pages: FastifyPluginAsync = async (scope) => {
    await scope.register(formbody);

    scope.get<{ Querystring: { next?: string } }>("/login", isPublic, async (request, reply) =>
      sendPage(reply, layout({ title: "Log in", user: null, body: logInForm(localPath(request.query.next)) })),
    );

    scope.post("/login", isPublic, async (request, reply) => {
      if (requestOriginOf(request.headers, publicUrl) === "foreign") throw foreignForm();
      const given = form.safeParse(request.body);
      const next = localPath(given.data?.next);
      const user = given.success ? await checkPassword(given.data.name, given.data.password) : null;
      if (user === null) {
        const body = logInForm(next, "Name or password is wrong.");
        return sendPage(reply.code(401), layout({ title: "Log in", user: null, body }));
      }
      return reply.setCookie(SESSION_COOKIE, sessions.issue(user), cookie).redirect(next, 303);
    });

    scope.post("/logout", { config: { access: "viewer" } }, async (_request, reply) => {
      const { maxAge: _, ...attributes } = cookie;
      return reply.clearCookie(SESSION_COOKIE, attributes).redirect("/login", 303);
    });
  };
  await app.register(pages);
}

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
