import { type ClientFileEvent, operatorEvent } from "@receiver/events";
import { applyEvent } from "../apply/apply-event.ts";
import { eventsBearing, readEvents } from "../apply/events.ts";
import { lockRows } from "../apply/file-rows.ts";
import { writeAudit } from "../audit.ts";
import type { Rules } from "../rules.ts";
import type { AuditDetail } from "../tables/operators.ts";
import { inTransactionThat, type LedgerDatabase, type LedgerTransaction, type LockKey } from "../transaction.ts";
import type { Act, Acted, Acting, ActOutcome, HoldingFile } from "./act.ts";
import { actIdOf, draftAct, timeAfter } from "./draft-act.ts";
import { lockTarget, type Target } from "./lock-target.ts";

/**
 * An operator's word on a file, as an event with all that follows from it and a line of the audit, in one transaction under the locks of
 * the ids that it is about. Whoever saw another version of the file is refused, and so is what would not have its effect.
 */
export async function actOnFile(
  db: LedgerDatabase,
  rules: Rules,
  id: string,
  act: Act,
  acting: Acting,
): Promise<ActOutcome> {
  return inTransactionThat(
    db,
    (trx, foreseen) => perform(trx, { id, act, acting, rules, foreseen }),
    (outcome) => outcome.kind === "done" && !acting.dryRun,
  );
}

type Order = { id: string; act: Act; acting: Acting; rules: Rules; foreseen: readonly LockKey[] };

async function perform(trx: LedgerTransaction, { id, act, acting, ...order }: Order): Promise<ActOutcome> {
  const locked = await lockTarget(trx, id, act, order.foreseen);
  if (locked === null) return { kind: "not-found" };
  const { target, locks } = locked;
  const { file } = target;
  const seen = await readEvents(trx, eventsBearing({ companyId: file.companyId, ...idsIn(target) }));
  const { eventId, isRepeated } = actIdOf(seen, [file.id, acting.version, act]);
  const done = { kind: "done" as const, clientFileId: file.id, eventId };
  if (isRepeated) {
    return { ...done, repeated: true, changes: [], wakeUps: [], files: await holdingFiles(trx, target) };
  }
  if (file.version !== acting.version) return { kind: "seen-another", version: file.version };
  const draft = await draftAct(act, { trx, target, seen });
  if ("refused" in draft) return { kind: "refused", why: draft.refused };

  const event = operatorEvent({
    ...draft,
    eventId,
    companyId: file.companyId,
    occurredAt: timeAfter(seen, acting.now),
  });
  const { changes, wakeUps } = await applyEvent(trx, event, null, { ...order, now: acting.now, foreseen: locks });
  const files = await holdingFiles(trx, target);
  if (act.kind === "link" && !files.some(holdsBoth(target))) return { kind: "refused", why: "LINK_CONTRADICTED" };
  await writeAct(trx, { ...done, act, event, seen }, acting);
  return { ...done, repeated: false, changes, wakeUps, files };
}

type Written = Pick<Acted, "clientFileId" | "eventId"> & { act: Act; event: ClientFileEvent; seen: ClientFileEvent[] };

/**
 * The events that the act was done upon are named here, not in its own facts: the fold needs the act's time alone, and the audit's chain
 * shows if somebody rewrites what an operator had before his eyes.
 */
async function writeAct(
  trx: LedgerTransaction,
  { act, event, seen, clientFileId, eventId }: Written,
  { actor, reason, version }: Acting,
): Promise<void> {
  const detail: AuditDetail = {
    eventId,
    version,
    ...(event.decision && { decision: event.decision }),
    ...(event.withdraws && { withdraws: event.withdraws }),
    ...(event.fileUuid && { fileUuid: event.fileUuid }),
    ...(event.fileNumber && { fileNumber: event.fileNumber }),
    seen: seen.map((one) => one.eventId).sort(),
  };
  await writeAudit(trx, { actor, action: `client-file.${act.kind}`, target: clientFileId, reason, detail });
}

const idsIn = ({ nodes }: Target) => ({
  uuids: nodes.flatMap(({ space, id }) => (space === "uuid" ? [id] : [])),
  numbers: nodes.flatMap(({ space, id }) => (space === "number" ? [id] : [])),
});

async function holdingFiles(trx: LedgerTransaction, { file, nodes }: Target): Promise<HoldingFile[]> {
  const rows = await lockRows(trx, file.companyId, nodes);
  return rows.map(({ id, fileUuid, fileNumber, mergedInto }) => ({
    clientFileId: id,
    fileUuid,
    fileNumber,
    mergedInto,
  }));
}

const holdsBoth =
  ({ pair }: Target) =>
  (file: HoldingFile): boolean =>
    file.fileUuid === pair?.fileUuid && file.fileNumber === pair?.fileNumber;
