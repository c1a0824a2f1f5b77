import type { ClientFileView } from "@receiver/client-file";
import { aliasesOf } from "../apply/file-rows.ts";
import { stepKey } from "../apply/record-transitions.ts";
import type { LedgerDatabase } from "../transaction.ts";
import {
  deliveriesOf,
  type FileDelivery,
  type FileFollowUp,
  type FileNotification,
  followUpsOf,
  historyOf,
  notificationsOf,
  type Transition,
} from "./client-file-records.ts";
import { type ClientFileSummary, summaryOf, viewIn } from "./client-files.ts";

export type ClientFileDetails = ClientFileSummary & {
  aliases: string[];
  /** The steps that led to the state, in the order of their events; `version` and `recordedAt` say when each was learned. */
  transitions: Transition[];
  /** Everything that was ever recorded, in the order in which it was learned: includes steps that later knowledge replaced. */
  history: Transition[];
  documents: ClientFileView["documents"];
  retries: ClientFileView["retries"];
  followUps: FileFollowUp[];
  deliveries: FileDelivery[];
  notifications: FileNotification[];
};

/** @param id the file's own id or one that was merged into it. Null when nobody has it. */
export async function getClientFile(db: LedgerDatabase, id: string): Promise<ClientFileDetails | null> {
  const row = await resolve(db, id);
  if (!row) return null;
  const summary = summaryOf(row);
  const view = viewIn(row);
  const history = await historyOf(db, row.id);
  const learned = new Map(history.map((transition) => [stepKey(transition), transition]));
  return {
    ...summary,
    aliases: await aliasesOf(db, row.id),
    transitions: view.path.flatMap((step) => learned.get(stepKey(step)) ?? []),
    history,
    documents: view.documents,
    retries: view.retries,
    followUps: await followUpsOf(db, row.id),
    deliveries: await deliveriesOf(db, summary),
    notifications: await notificationsOf(db, row.id),
  };
}

async function resolve(db: LedgerDatabase, id: string) {
  const read = (fileId: string) =>
    db.selectFrom("client_files").selectAll().where("id", "=", fileId).executeTakeFirst();
  const row = await read(id);
  return row?.merged_into ? read(row.merged_into) : row;
}
