import { type GatheredContent, gatherContent, inFoldOrder } from "@receiver/client-file";
import { readFileContent } from "@receiver/contracts";
import type { MasterKeys } from "@receiver/sealing";
import { loadEvents } from "../apply/events.ts";
import { type Operator, writeAudit } from "../audit.ts";
import { openUnlessErased, readDelivery } from "../bodies/open-body.ts";
import { currentStatusMap } from "../status-map.ts";
import type { AuditDetail } from "../tables/operators.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "../transaction.ts";
import { resolveFile } from "./client-file-details.ts";

/** `companyIds`: null for every company. `detail` goes into the audit beside what was given. */
export type PersonalDataReader = Operator & {
  companyIds: readonly string[] | null;
  sees: Parameters<typeof gatherContent>[1];
  detail?: AuditDetail;
};

export type PersonalData = GatheredContent & {
  clientFileId: string;
  companyId: string;
  /** Those that were read, in the order in which they are folded; `available` is false for one whose body was erased, or is refused today. */
  deliveries: { id: string; occurredAt: number; available: boolean }[];
};

/**
 * What a file's deliveries say of a person. Who asked, and why, is written in the same transaction. Null when there is no such file, or
 * it is another company's, which is not told apart.
 */
export async function readPersonalData(
  db: LedgerDatabase,
  masterKeys: MasterKeys | null,
  clientFileId: string,
  { actor, reason = null, companyIds, sees, detail }: PersonalDataReader,
): Promise<PersonalData | null> {
  return inTransaction(db, async (trx) => {
    const file = await resolveFile(trx, clientFileId);
    if (!file || !(companyIds?.includes(file.company_id) ?? true)) return null;
    const ids = { companyId: file.company_id, fileUuid: file.file_uuid, fileNumber: file.file_number };
    const contents = await contentsOf(trx, masterKeys, ids);
    const deliveries = contents.map(({ event, content }) => ({
      id: event.eventId,
      occurredAt: event.occurredAt,
      available: content !== null,
    }));
    const said = contents.flatMap(({ event, content }) => (content === null ? [] : [{ event, content }]));
    await writeAudit(trx, {
      actor,
      action: "client-file.personal-data",
      target: file.id,
      reason,
      detail: { ...detail, sees, deliveries: said.length },
    });
    return { clientFileId: file.id, companyId: file.company_id, deliveries, ...gatherContent(said, sees) };
  });
}

/** Of the file's deliveries, in the order in which they are folded. One at a time: of a body no more is kept than its content. */
async function contentsOf(
  trx: LedgerTransaction,
  masterKeys: MasterKeys | null,
  file: Parameters<typeof loadEvents>[1],
) {
  const { entries } = await currentStatusMap(trx);
  const contents = [];
  for (const { event } of inFoldOrder(await loadEvents(trx, file), entries)) {
    if (!fromDelivery.has(event.source)) continue;
    const delivery = await readDelivery(trx, event.eventId);
    const body = delivery && (await openUnlessErased(masterKeys, delivery.stored));
    contents.push({ event, content: body && readFileContent(body) });
  }
  return contents;
}

const fromDelivery: ReadonlySet<string> = new Set(["UPLOAD", "RETRY", "ANALYSIS", "STATUS", "FLAT"]);
