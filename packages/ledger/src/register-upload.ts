import { createHash } from "node:crypto";
import { registrationEvent } from "@receiver/events";
import { type ApplyContext, applyEvent } from "./apply/apply-event.ts";
import { takeLocks } from "./apply/lock-keys.ts";
import { type Operator, writeAudit } from "./audit.ts";
import type { Rules } from "./rules.ts";
import { inTransaction, type LedgerDatabase, type LedgerTransaction } from "./transaction.ts";
import type { WakeUp } from "./wake-up.ts";

export type Upload = { companyId: string; fileUuid: string; externalId: string | null };
export type Registered = { clientFileId: string; created: boolean; wakeUps: WakeUp[] };
type Registrar = Operator & { now: Date };

/** Makes a file known before any webhook. The same registration again changes nothing. */
export async function registerUpload(
  db: LedgerDatabase,
  rules: Rules,
  upload: Upload,
  by: Registrar,
): Promise<Registered> {
  const eventId = registrationIdOf(upload);
  return inTransaction(db, async (trx, foreseen) => {
    await takeLocks(trx, [eventId]); // the same twice at once: the second one finds the first
    const known = await trx.selectFrom("events").select("id").where("id", "=", eventId).executeTakeFirst();
    const wakeUps = known ? [] : await register(trx, eventId, upload, { ...by, rules, foreseen });
    const file = await trx
      .selectFrom("client_files")
      .select("id")
      .where("company_id", "=", upload.companyId)
      .where("file_uuid", "=", upload.fileUuid)
      .executeTakeFirstOrThrow();
    return { clientFileId: file.id, created: !known, wakeUps };
  });
}

async function register(
  trx: LedgerTransaction,
  eventId: string,
  upload: Upload,
  { actor, reason = null, ...context }: Registrar & ApplyContext,
): Promise<WakeUp[]> {
  const event = registrationEvent({ eventId, ...upload, occurredAt: context.now.getTime() });
  const { wakeUps } = await applyEvent(trx, event, null, context);
  await writeAudit(trx, { actor, action: "client-file.register", target: eventId, reason });
  return wakeUps;
}

/** Derived from what is registered, so that repeating it finds it. */
function registrationIdOf({ companyId, fileUuid, externalId }: Upload): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([companyId, fileUuid, externalId]))
    .digest("hex");
  return `registration-${digest.slice(0, 40)}`;
}
