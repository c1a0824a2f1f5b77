import type { NamedKey } from "@receiver/runtime";
import { createMasterKeys, type MasterKeys } from "@receiver/sealing";
import { announceQuarantined } from "./announce-quarantined.ts";
import { applyDelivery } from "./apply/apply-delivery.ts";
import { fireFollowUp } from "./apply/fire-follow-up.ts";
import { listAudit } from "./audit.ts";
import { countSealed } from "./bodies/count-sealed.ts";
import { resealDataKeys } from "./bodies/reseal-data-keys.ts";
import { wrapBodies } from "./bodies/wrap-bodies.ts";
import { dueNotices, fireNotices } from "./by-the-clock/fire-notices.ts";
import { heldBack, releaseFile } from "./by-the-clock/release-files.ts";
import { countStalled, stallFile, stuckFiles } from "./by-the-clock/stall-files.ts";
import { exportHeads, missingHeads, verifyChains } from "./chains/verify-chains.ts";
import { type DatabaseOptions, openDatabase } from "./database.ts";
import { listDrift } from "./drift/list-drift.ts";
import { recordDrift } from "./drift/record-drift.ts";
import { dryRunReplay } from "./dry-run-replay.ts";
import { readWeaknesses } from "./durability/read-durability.ts";
import { openErasure } from "./erasure/open-erasure.ts";
import { foretellPending, type PendingFilter } from "./foretell/foretell-pending.ts";
import { openGate, reportTrouble } from "./look-ups/gate.ts";
import { auditLookUps, countOpenFiles, listOpenFiles, recordLookUp } from "./look-ups/record-look-up.ts";
import { nextLookUpAt, postponeLookUp, settleLookUp, takeLookUps } from "./look-ups/turns.ts";
import {
  createMachineCredential,
  findMachineCredential,
  listMachineCredentials,
  recordCredentialUse,
  revokeMachineCredential,
} from "./machine-credentials.ts";
import { checkSchema, expectSchema } from "./migrate.ts";
import { beginSession, endSessions, seeSession } from "./operator-sessions.ts";
import { actOnFile } from "./operators/act-on-file.ts";
import { readConflict } from "./operators/read-conflict.ts";
import { getClientFile } from "./queries/client-file-details.ts";
import { listClientFiles } from "./queries/client-files.ts";
import { countDeliveries, getDelivery, listDeliveries, revealBody } from "./queries/deliveries.ts";
import { listNotifications } from "./queries/notifications.ts";
import { readPersonalData } from "./queries/personal-data.ts";
import { listPauses, recordPause, recordResume } from "./queue-pauses.ts";
import { recordDeliveryAttempt, recordDeliveryFailure } from "./record-failures.ts";
import { redeliver } from "./redeliver-notification.ts";
import { refoldClientFile } from "./refold-client-file.ts";
import { registerUpload } from "./register-upload.ts";
import { replay } from "./replay.ts";
import type { ReplaySelection } from "./replay-selection.ts";
import { type Rules, rulesUnsaid } from "./rules.ts";
import { giveUpNotification, loadNotification, recordNotificationAttempt } from "./send-notifications.ts";
import { currentStatusMap, replaceStatusMap, seedStatusMap } from "./status-map.ts";
import { foretellStatusMap } from "./status-map-change/foretell-status-map.ts";
import { refoldAffected } from "./status-map-change/refold-affected.ts";
import { createSubscriber, listSubscribers, removeSubscriber, updateSubscriber } from "./subscribers.ts";
import { overdue, raiseEpoch } from "./sweep.ts";
import type { LedgerTables } from "./tables.ts";
import { type LedgerDatabase, query } from "./transaction.ts";

export type LedgerOptions = DatabaseOptions & {
  /** Whose deliveries a replay lets in: what the ingress is told. Absent: everybody's. */
  allowedCompanyIds?: ReadonlySet<string> | undefined;
  /** What opens bodies and seals them, the current one first. Null or absent: bodies are kept as they come, and only plain ones are read. */
  masterKeys?: readonly [NamedKey, ...NamedKey[]] | null | undefined;
  /** Of whoever folds. Absent: no decision is released on webhooks alone. */
  rules?: Rules | undefined;
};

/**
 * Everything the workers and ops do with Postgres. Connects on first use. Each call throws a ReceiverError
 * (DATABASE_UNAVAILABLE, DATABASE_CONTENTION) or does all it says.
 */
export function openLedger({ allowedCompanyIds, masterKeys: keys, rules = rulesUnsaid, ...options }: LedgerOptions) {
  const masterKeys = keys ? createMasterKeys(keys) : null;
  const reading = { masterKeys, rules, allowedCompanyIds };
  const db = openDatabase<LedgerTables>(options);
  const { bind, withKeys, withRules } = binders(db, masterKeys, rules);

  return {
    applyDelivery: bind((to, id: string, now: Date) => applyDelivery(to, reading, id, now)),
    recordDeliveryAttempt: bind(recordDeliveryAttempt),
    recordDeliveryFailure: bind(recordDeliveryFailure),
    fireFollowUp: withRules(fireFollowUp),
    ...sending(bind),
    sweep: { overdue: bind(overdue), raiseEpoch: bind(raiseEpoch), announceQuarantined: withKeys(announceQuarantined) },
    clientFiles: {
      list: bind(listClientFiles),
      get: bind(getClientFile),
      register: withRules(registerUpload),
      refold: withRules(refoldClientFile),
      personalData: withKeys(readPersonalData),
    },
    /** What people do to files, and what they have to see for it. */
    operators: { act: withRules(actOnFile), conflict: withRules(readConflict) },
    lookUps: askingDanaya(bind, withRules),
    ...byTheClock(bind, withRules),
    deliveries: {
      list: bind(listDeliveries),
      get: bind(getDelivery),
      count: bind(countDeliveries),
      reveal: withKeys(revealBody),
      replay: bind((to, selection: ReplaySelection, by: Parameters<typeof replay>[3]) =>
        replay(to, reading, selection, by),
      ),
      dryRunReplay: bind((to, selection: ReplaySelection, now: Date) => dryRunReplay(to, reading, selection, now)),
      foretellPending: bind((to, filter: PendingFilter, now: Date) => foretellPending(to, reading, filter, now)),
    },
    /** What is sealed under what. The other two need master keys, and are repeated until nothing is left. */
    sealing: {
      count: bind(countSealed),
      resealDataKeys: withKeys(resealDataKeys),
      wrapBodies: withKeys(wrapBodies),
    },
    notifications: { list: bind(listNotifications), redeliver: bind(redeliver) },
    subscribers: {
      create: bind(createSubscriber),
      list: bind(listSubscribers),
      update: bind(updateSubscriber),
      remove: bind(removeSubscriber),
    },
    statusMap: {
      current: bind(currentStatusMap),
      replace: bind(replaceStatusMap),
      seed: bind(seedStatusMap),
      foretell: withRules(foretellStatusMap),
      refold: withRules(refoldAffected),
    },
    /** What the contract doesn't know. Recorded after the commit of its delivery: a lost count is a small loss. */
    drift: { record: bind(recordDrift), list: bind(listDrift) },
    pauses: { list: bind(listPauses), pause: bind(recordPause), resume: bind(recordResume) },
    audit: {
      list: bind(listAudit),
      verify: bind(verifyChains),
      exportHeads: bind(exportHeads),
      missingHeads: bind(missingHeads),
    },
    ...waysIn(bind),
    ...openErasure(db),
    /** Why what is committed may be lost. */
    weaknesses: bind(readWeaknesses),
    /** For a start: @throws ReceiverError DATABASE_UNAVAILABLE, SCHEMA_BEHIND or SCHEMA_AHEAD */
    expectSchema: bind(expectSchema),
    /** For a process that runs: @throws ReceiverError DATABASE_UNAVAILABLE or SCHEMA_BEHIND */
    check: () => query(() => checkSchema(db)),
    close: () => db.destroy(),
  };
}

type Bind = <Args extends unknown[], Result>(
  work: (db: LedgerDatabase, ...args: Args) => Promise<Result>,
) => (...args: Args) => Promise<Result>;

type WithRules = <Args extends unknown[], Result>(
  work: (db: LedgerDatabase, rules: Rules, ...args: Args) => Promise<Result>,
) => (...args: Args) => Promise<Result>;

/** What becomes of a row of the outbox. */
const sending = (bind: Bind) => ({
  loadNotification: bind(loadNotification),
  giveUpNotification: bind(giveUpNotification),
  recordNotificationAttempt: bind(recordNotificationAttempt),
});

/** What Danaya's API is asked, when, and what it said. */
const askingDanaya = (bind: Bind, withRules: WithRules) => ({
  open: bind(listOpenFiles),
  count: bind(countOpenFiles),
  record: withRules(recordLookUp),
  audit: bind(auditLookUps),
  take: bind(takeLookUps),
  settle: withRules(settleLookUp),
  postpone: bind(postponeLookUp),
  nextAt: bind(nextLookUpAt),
  openGate: bind(openGate),
  reportTrouble: bind(reportTrouble),
});

/** What happens to a file because of the day, or because nothing does. */
const byTheClock = (bind: Bind, withRules: WithRules) => ({
  notices: { due: bind(dueNotices), fire: withRules(fireNotices) },
  releases: { find: withRules(heldBack), release: withRules(releaseFile) },
  stalls: { find: bind(stuckFiles), raise: withRules(stallFile), count: bind(countStalled) },
});

/** How people and machines come into ops. */
const waysIn = (bind: Bind) => ({
  sessions: { begin: bind(beginSession), see: bind(seeSession), end: bind(endSessions) },
  credentials: {
    create: bind(createMachineCredential),
    list: bind(listMachineCredentials),
    revoke: bind(revokeMachineCredential),
    find: bind(findMachineCredential),
    recordUse: bind(recordCredentialUse),
  },
});

export type Ledger = ReturnType<typeof openLedger>;

/** What a call answers, for whoever hands it on: `Answer<Ledger["sealing"]["count"]>`. */
export type Answer<Call extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Call>>;

function binders(db: LedgerDatabase, masterKeys: MasterKeys | null, rules: Rules) {
  /** Binds the database, runs again what gave way to somebody else, and maps errors: what leaves is a ReceiverError. */
  const bind: Bind =
    (work) =>
    (...args) =>
      query(() => work(db, ...args));
  /** Likewise, with what opens bodies. */
  const withKeys = <Args extends unknown[], Result>(
    work: (db: LedgerDatabase, masterKeys: MasterKeys | null, ...args: Args) => Promise<Result>,
  ) => bind((to, ...args: Args) => work(to, masterKeys, ...args));
  /** Likewise, with what an operator configured for folding. */
  const withRules: WithRules = (work) => bind((to, ...args) => work(to, rules, ...args));
  return { bind, withKeys, withRules };
}
