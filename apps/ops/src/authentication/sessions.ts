import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Ledger } from "@receiver/ledger";
import type { User } from "./user-list.ts";

/** One working day, whatever happens: who begins in the morning logs in once. */
export const SESSION_SECONDS = 8 * 60 * 60;
/** A break, or a screen that was left: the upper end of what OWASP recommends. */
const IDLE_SECONDS = 30 * 60;

/** 256 bits. */
const TOKEN_BYTES = 32;
const FORM = /^[\w-]{43}$/;

/**
 * States: begun → ended, by a log-out, a newer log-in of the same browser, eight hours, half an hour without a request, or another
 * password, or when its user is removed. None comes back.
 */
export type Sessions = {
  /** @param replaced the token that the browser sent, if any: it ends. @returns a new text for a cookie */
  begin(user: User, replaced: string | undefined): Promise<string>;
  /** null for one that never was or has ended. */
  read(token: string): Promise<User | null>;
  end(token: string): Promise<void>;
  endAllOf(user: User): Promise<void>;
};

/**
 * Sessions are rows, so that ending one ends it, in every process and in whoever's hands its cookie is. A row holds digests alone: the
 * token is the browser's.
 */
export function createSessions(
  users: readonly User[],
  { ledger, now }: { ledger: Pick<Ledger, "sessions">; now: () => Date },
): Sessions {
  const byName = new Map(users.map((user) => [user.name, user]));
  return {
    begin: async (user, replaced) => {
      const token = randomBytes(TOKEN_BYTES).toString("base64url");
      const begunAt = now();
      const endsAt = new Date(begunAt.getTime() + SESSION_SECONDS * 1_000);
      const session = { tokenDigest: digestOf(token), userName: user.name, credentialMac: macOf(token, user) };
      const replaces = replaced === undefined ? null : digestOf(replaced);
      await ledger.sessions.begin(session, { now: begunAt, endsAt, replaces });
      return token;
    },
    read: async (token) => {
      if (!FORM.test(token)) return null;
      const at = now();
      const idleSince = new Date(at.getTime() - IDLE_SECONDS * 1_000);
      const session = await ledger.sessions.see(digestOf(token), { now: at, idleSince });
      const user = session && byName.get(session.userName);
      return user && isSame(session.credentialMac, macOf(token, user)) ? user : null;
    },
    end: async (token) => ledger.sessions.end({ tokenDigest: digestOf(token) }),
    endAllOf: async ({ name }) => ledger.sessions.end({ userName: name }),
  };
}

const digestOf = (token: string): string => createHash("sha256").update(token).digest("hex");

/** Under the token as key, which no row has: from a row nobody can try passwords. */
const macOf = (token: string, { credential }: User): string =>
  createHmac("sha256", token).update(credential).digest("hex");

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
