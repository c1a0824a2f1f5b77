import type { Dated } from "@receiver/events";
import { html } from "ghtml";
import { datedMeanings, flagMeanings, stateWord } from "./words.ts";

// Every function here gives HTML: `!${…}` puts such a text into another template as it is, `${…}` escapes. Only what one
// of these templates made may follow a `!`.

/** ISO 8601 in UTC, to the second. */
export function time(iso: string): string {
  return html`<time datetime="${iso}"><span class="short">${iso.slice(0, 10)}</span> <span class="clock">${iso.slice(11, 19)}Z</span></time>`;
}

export const stateBadge = (state: string): string =>
  html`<span class="state" data-state="${state}">${stateWord(state)}</span>`;

export function flagBadge(flag: string): string {
  const meaning = Object.hasOwn(flagMeanings, flag) ? flagMeanings[flag as keyof typeof flagMeanings] : "";
  return html`<span class="flag" title="${meaning}">${flag}</span>`;
}

/** Nothing for one that is dated like most, or can't tell. */
export const datedBadge = (dated: Dated | null): string =>
  dated === null || dated === "usual"
    ? ""
    : html` <span class="flag" title="${datedMeanings[dated]}">dated: ${dated}</span>`;

/** Of a delivery, a notification, a retry or a timer. */
export const statusBadge = (status: string): string =>
  html`<span class="status" data-status="${status}">${status}</span>`;

/** DOCUMENT_TO_ANALYSE_RECEIVED, broken after a word where it must be. */
export const typeName = (type: string | null): string =>
  html`<span class="type">!${(type ?? "–").split(/(?<=[_.])/).map((word) => html`${word}<wbr>`)}</span>`;

/** Long ids: whole for machines and copying, broken by the browser where they must be. */
export const code = (text: string): string => html`<code>${text}</code>`;

export const deliveryLink = (id: string): string =>
  html`<a href="/deliveries/${id}"><code class="short" title="${id}">${id.slice(0, 12)}…</code></a>`;

export const orDash = (value: string | number | null): string | number => value ?? "–";

/** The head of a column, and how to write a cell of it. */
export type Column<Row> = { head: string; cell: (row: Row) => string; className?: string };

/** A table that becomes a list of cards where there is no room: each cell bears its column's name. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], caption: string): string {
  return html`<table class="cards">
    <caption class="unseen">${caption}</caption>
    <thead><tr>!${columns.map(({ head, className = "" }) => html`<th scope="col" class="${className}">${head}</th>`)}</tr></thead>
    <tbody>!${rows.map((row) => html`<tr>!${columns.map((column) => tableCell(column, row))}</tr>`)}</tbody>
  </table>`;
}

const tableCell = <Row>({ head, cell, className = "" }: Column<Row>, row: Row): string =>
  html`<td data-head="${head}" class="${className}">!${cell(row)}</td>`;

export const nothing = (text: string): string => html`<p class="nothing">${text}</p>`;

/** A link to the next page of a list; nothing on the last one. */
export function pager(path: string, query: Record<string, string>, nextCursor: string | null): string {
  const { cursor, ...filter } = query;
  const linkTo = (parameters: Record<string, string>) => `${path}?${new URLSearchParams(parameters)}`;
  if (nextCursor === null && cursor === undefined) return "";
  return html`<nav class="pager" aria-label="Pages">
    !${cursor === undefined ? "<span></span>" : html`<a href="${linkTo(filter)}">← First page</a>`}
    !${nextCursor === null ? "" : html`<a href="${linkTo({ ...filter, cursor: nextCursor })}" rel="next">Next page →</a>`}
  </nav>`;
}

/** An empty field of a form is one that was left out. Repeated ones stay a list, for the schema to refuse. */
export function givenFields(query: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(query as Record<string, string>).filter(([, value]) => value !== ""));
}

export function problemList(errors: readonly { path: string; message: string }[]): string {
  return html`<div class="problems" role="alert">
    <p>The filter breaks a rule:</p>
    <ul>!${errors.map(({ path, message }) => html`<li><strong>${path}</strong> ${message}</li>`)}</ul>
  </div>`;
}
