import type { ClientFileDetails } from "@receiver/ledger";
import { html } from "ghtml";
import { uuid } from "../../api/fields.ts";
import type { User } from "../../authentication/user-list.ts";
import { notFound } from "../../http/problem.ts";
import type { OpsServer } from "../../server.ts";
import type { PageDependencies } from "../page-dependencies.ts";
import { sendPage } from "../send-page.ts";
import { actsSection } from "./acts-section.ts";
import { fileHead, fileName } from "./file-head.ts";
import {
  deliveryTable,
  documentTable,
  followUpTable,
  noticeTable,
  notificationTable,
  retryTable,
} from "./file-tables.ts";
import { lifeCyclePicture } from "./life-cycle-picture.ts";
import { retentionSection } from "./retention-section.ts";
import { history, timeline } from "./timeline.ts";

/** `/client-files/:id`: one file, and how it came to where it stands. */
export function clientFilePage(app: OpsServer, { ledger, layout }: PageDependencies): void {
  app.get<{ Params: { id: string } }>("/client-files/:id", async (request, reply) => {
    const id = uuid.safeParse(request.params.id);
    const file = id.success ? await ledger.clientFiles.get(id.data) : null;
    if (file === null) throw notFound("No client file");
    if (file.id !== request.params.id) return reply.redirect(`/client-files/${file.id}`, 302); // merged into another
    const { user } = request;
    return sendPage(reply, layout({ title: fileName(file), user, section: "Client files", body: bodyOf(file, user) }));
  });
}

const bodyOf = (file: ClientFileDetails, user: User | null): string => html`<article class="client-file">
  !${fileHead(file)}
  <section><h2 class="unseen">Life cycle</h2>!${lifeCyclePicture(file)}</section>
  <div class="columns">
    <section><h2>Timeline</h2>!${timeline(file)}</section>
    <div>
      <section><h2>Documents</h2>!${documentTable(file.documents)}!${noticeTable(file.documentNotices)}</section>
      <section><h2>Retries</h2>!${retryTable(file.retries)}!${followUpTable(file.followUps)}</section>
    </div>
  </div>
  !${actsSection(file, user)}
  <section><h2>Deliveries</h2>!${deliveryTable(file.deliveries)}</section>
  <section><h2>Notifications</h2>!${notificationTable(file.notifications)}</section>
  !${retentionSection(file, user)}
  <section><h2>What was learned, in that order</h2>!${history(file.history)}</section>
</article>`;
