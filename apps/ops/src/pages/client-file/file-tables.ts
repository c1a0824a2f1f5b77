import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { type Column, code, deliveryLink, nothing, orDash, statusBadge, table, time, typeName } from "../parts.ts";
import { askWords, validityWords } from "../words.ts";

type ItemOf<Field extends "retries" | "followUps" | "documents" | "documentNotices" | "deliveries" | "notifications"> =
  ClientFileDetails[Field][number];

const attemptsCell = ({ attempts, carried }: ItemOf<"retries">): string =>
  html`${attempts}!${carried === 0 ? "" : html` <span class="aside">${carried} carried over</span>`}`;

const nextCell = ({ nextAction }: ItemOf<"retries">): string =>
  nextAction === null ? "–" : html`${nextAction.kind} !${time(nextAction.dueAt)}`;

const retryColumns: readonly Column<ItemOf<"retries">>[] = [
  {
    head: "Check",
    cell: ({ verification }) => html`<strong class="short">${verification}</strong>`,
    className: "lead",
  },
  { head: "Document", cell: ({ documentId, documentType }) => html`${orDash(documentType)} !${code(documentId)}` },
  { head: "Attempts", cell: attemptsCell, className: "number" },
  { head: "Status", cell: ({ status }) => statusBadge(status) },
  { head: "What to do", cell: ({ ask, status }) => html`${status === "open" ? askWords[ask] : "nothing more"}` },
  // Eight columns beside the timeline: two moments that may not break do not fit.
  { head: "Next", cell: nextCell },
  { head: "Confidences", cell: ({ confidences }) => html`${orDash(confidences.join(", ") || null)}` },
  { head: "Latest", cell: ({ lastAt }) => time(new Date(lastAt).toISOString()) },
];

export const retryTable = (retries: ClientFileDetails["retries"]): string =>
  retries.length === 0 ? nothing("No check had to be run again.") : table(retryColumns, retries, "Retries");

const followUpColumns: readonly Column<ItemOf<"followUps">>[] = [
  { head: "Step", cell: ({ kind }) => html`<strong>${kind}</strong>`, className: "lead" },
  { head: "Check", cell: ({ verification, attempt }) => html`${verification}, attempt ${attempt}` },
  { head: "Due", cell: ({ dueAt }) => time(dueAt), className: "moment" },
  { head: "Status", cell: ({ status }) => statusBadge(status) },
];

export const followUpTable = (followUps: ClientFileDetails["followUps"]): string =>
  followUps.length === 0 ? "" : table(followUpColumns, followUps, "Timers of the retries");

const documentColumns: readonly Column<ItemOf<"documents">>[] = [
  { head: "Type", cell: ({ type }) => html`<strong>${orDash(type)}</strong>`, className: "lead" },
  { head: "Id", cell: ({ id, space }) => html`!${code(id)} <span class="aside">${space}</span>` },
  { head: "Expires", cell: ({ expiry }) => html`${orDash(expiry.day)} !${expiry.disagree ? disagreeing : ""}` },
  {
    head: "Validity",
    cell: ({ validity }) => html`<span class="validity" data-validity="${validity}">${validityWords[validity]}</span>`,
  },
];

const disagreeing = '<span class="aside">earliest of several</span>';

export const documentTable = (documents: ClientFileDetails["documents"]): string =>
  documents.length === 0 ? nothing("No document is known yet.") : table(documentColumns, documents, "Documents");

const noticeColumns: readonly Column<ItemOf<"documentNotices">>[] = [
  { head: "Document", cell: ({ documentId }) => code(documentId), className: "lead" },
  { head: "Days left", cell: ({ threshold }) => html`${threshold}`, className: "number" },
  { head: "Due", cell: ({ dueAt }) => time(dueAt), className: "moment" },
];

/** Of each document the next one. */
export function noticeTable(notices: ClientFileDetails["documentNotices"]): string {
  const byDocument = Map.groupBy(
    notices.filter(({ status }) => status === "pending"),
    ({ documentId }) => documentId,
  );
  const next = [...byDocument.values()].flatMap(([first]) => first ?? []);
  return next.length === 0 ? "" : table(noticeColumns, next, "Next notices");
}

const deliveryColumns: readonly Column<ItemOf<"deliveries">>[] = [
  { head: "Message", cell: ({ messageType }) => typeName(messageType), className: "lead" },
  { head: "Delivery", cell: ({ id }) => deliveryLink(id) },
  { head: "Occurred", cell: ({ occurredAt }) => time(occurredAt), className: "moment" },
  { head: "Received", cell: ({ receivedAt }) => time(receivedAt), className: "moment" },
  { head: "Seen", cell: ({ sightings }) => html`${sightings} ×`, className: "number" },
];

export const deliveryTable = (deliveries: ClientFileDetails["deliveries"]): string =>
  deliveries.length === 0
    ? nothing("No delivery yet: the file was registered.")
    : table(deliveryColumns, deliveries, "Deliveries");

const notificationColumns: readonly Column<ItemOf<"notifications">>[] = [
  { head: "Type", cell: ({ type }) => typeName(type), className: "lead" },
  { head: "Version", cell: ({ version }) => html`${orDash(version)}`, className: "number" },
  { head: "Status", cell: ({ status }) => statusBadge(status) },
  { head: "Attempts", cell: ({ attempts }) => html`${attempts}`, className: "number" },
  { head: "Created", cell: ({ createdAt }) => time(createdAt), className: "moment" },
  { head: "Id", cell: ({ id }) => code(id) },
];

export const notificationTable = (notifications: ClientFileDetails["notifications"]): string =>
  notifications.length === 0
    ? nothing("Nobody was to be told.")
    : table(notificationColumns, notifications, "Notifications");
