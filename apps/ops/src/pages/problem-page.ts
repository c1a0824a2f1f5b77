import { STATUS_CODES } from "node:http";
import { html } from "ghtml";
import type { User } from "../authentication/user-list.ts";
import type { HttpProblem } from "../http/problem.ts";
import type { Layout } from "./layout.ts";

/** The same as problem+json says, for people. */
export function problemPage(layout: Layout, { status, code, detail }: HttpProblem, user: User | null): string {
  const title = STATUS_CODES[status] ?? "Error";
  const body = html`<section class="problem-page">
    <p class="aside">${status} · ${code}</p>
    <h1>${title}</h1>
    <p>${detail}.</p>
    <p><a href="/">Client files</a></p>
  </section>`;
  return layout({ title, user, body });
}
