import { writeAudit } from "./audit.ts";
import { inTransaction, type LedgerDatabase } from "./transaction.ts";

/** A session as it is kept: nothing in it lets anybody in. */
export type StoredSession = { tokenDigest: string; userName: string; credentialMac: string };

/** A page loads a dozen things: seen within this, a session isn't written again. */
const SEEN_WITHIN_MS = 60_000;

/** For the audit: enough to tell sessions apart, too little to find one. */
const nameOf = (tokenDigest: string): string => `session ${tokenDigest.slice(0, 12)}`;

/**
 * @param times `replaces`: the browser's session before, which ends by the hand of whoever logs in: what somebody else planted there must
 * not be logged in. Those whose time was over have ended before, by nobody's hand.
 */
export async function beginSession(
  db: LedgerDatabase,
  { tokenDigest, userName, credentialMac }: StoredSession,
  { now, endsAt, replaces }: { now: Date; endsAt: Date; replaces: string | null },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.deleteFrom("operator_sessions").where("ends_at", "<=", now).execute();
    const replaced = await trx
      .deleteFrom("operator_sessions")
      .where("token_digest", "=", replaces)
      .returning("token_digest")
      .execute();
    for (const { token_digest } of replaced) {
      const [target, detail] = [nameOf(token_digest), { replacedBy: nameOf(tokenDigest) }];
      await writeAudit(trx, { actor: userName, action: "session.end", target, reason: null, detail });
    }
    await trx
      .insertInto("operator_sessions")
      .values({
        token_digest: tokenDigest,
        user_name: userName,
        credential_mac: credentialMac,
        began_at: now,
        last_seen_at: now,
        ends_at: endsAt,
      })
      .execute();
    await writeAudit(trx, { actor: userName, action: "session.begin", target: nameOf(tokenDigest), reason: null });
  });
}

/** Null when there is none, or it has ended, or was not seen since `idleSince`. */
export async function seeSession(
  db: LedgerDatabase,
  tokenDigest: string,
  { now, idleSince }: { now: Date; idleSince: Date },
): Promise<StoredSession | null> {
  const row = await db
    .selectFrom("operator_sessions")
    .select(["user_name", "credential_mac", "last_seen_at"])
    .where("token_digest", "=", tokenDigest)
    .where("ends_at", ">", now)
    .where("last_seen_at", ">", idleSince)
    .executeTakeFirst();
  if (!row) return null;
  if (now.getTime() - row.last_seen_at.getTime() >= SEEN_WITHIN_MS) {
    await db
      .updateTable("operator_sessions")
      .set({ last_seen_at: now })
      .where("token_digest", "=", tokenDigest)
      .execute();
  }
  return { tokenDigest, userName: row.user_name, credentialMac: row.credential_mac };
}

/** @param which one by its token's digest, or every one of a user's */
export async function endSessions(
  db: LedgerDatabase,
  which: { tokenDigest: string } | { userName: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const ended = await trx
      .deleteFrom("operator_sessions")
      .where((eb) =>
        "tokenDigest" in which ? eb("token_digest", "=", which.tokenDigest) : eb("user_name", "=", which.userName),
      )
      .returning(["token_digest", "user_name"])
      .execute();
    for (const { token_digest, user_name } of ended) {
      await writeAudit(trx, { actor: user_name, action: "session.end", target: nameOf(token_digest), reason: null });
    }
  });
}
