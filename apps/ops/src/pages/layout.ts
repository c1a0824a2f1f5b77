import { html } from "ghtml";
import type { User } from "../authentication/user-list.ts";
import type { Assets } from "./assets.ts";

const sections = [
  { href: "/", name: "Client files" },
  { href: "/deliveries", name: "Deliveries" },
  { href: "/contract-drift", name: "Contract drift" },
  { href: "/queues", name: "Queues" },
  { href: "/audit", name: "Audit", role: "operator" },
  { href: "/docs", name: "API docs" },
] as const;
type Section = (typeof sections)[number]["name"];

type Page = {
  title: string;
  /** null before log-in. */
  user: User | null;
  section?: Section;
  /** HTML. */
  body: string;
};

/** A whole document from the HTML of its main part. */
export type Layout = (page: Page) => string;

export function createLayout({ stylesheet, icon }: Assets): Layout {
  return ({ title, user, section, body }) => html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <title>${title} · Receiver</title>
  <link rel="icon" href="${icon.url}" type="image/svg+xml">
  <link rel="stylesheet" href="${stylesheet.url}">
</head>
<body>
  <a class="skip" href="#main">Skip to content</a>
  !${user === null ? "" : header(user, section)}
  <main id="main">!${body}</main>
</body>
</html>`;
}

const header = (user: User, current: Section | undefined): string => html`<header class="top">
  <a class="name" href="/">Receiver</a>
  <nav class="links" aria-label="Main">
    !${sections
      .filter((section) => !("role" in section) || section.role === user.role)
      .map(({ href, name }) => html`<a href="${href}" !${name === current ? 'aria-current="page"' : ""}>${name}</a>`)}
  </nav>
  <form class="log-out" method="post" action="/logout">
    <span><span class="user">${user.name}</span> <span class="role">${user.role}</span></span>
    <button>Log out</button>
    <button name="everywhere" value="yes" title="Ends every session of this user, in every browser">everywhere</button>
  </form>
</header>`;
