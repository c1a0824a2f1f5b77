import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { User } from "./user-list.ts";

/** One working day: who begins in the morning isn't asked again. */
export const SESSION_SECONDS = 8 * 60 * 60;

export type Sessions = {
  /** A text for a cookie. */
  issue(user: User): string;
  /** null when it was forged, has run out, or its user was removed or given another password. */
  read(token: string): User | null;
};

const FORM = /^(?<name>[\w-]{1,90})\.(?<expiresAt>\d{13})\.(?<mac>[\w-]{43})$/;

/** Sessions are signed, not stored: any process with the same secret and users takes them. Without a secret they end with the process. */
export function createSessions(
  users: readonly User[],
  options: { secret?: string | undefined; now: () => Date },
): Sessions {
  const key = options.secret ?? randomBytes(32);
  const byName = new Map(users.map((user) => [user.name, user]));
  // The credential is part of what is signed, so a new password ends the sessions of the old one.
  const macOf = ({ name, credential }: User, expiresAt: number) =>
    createHmac("sha256", key)
      .update(JSON.stringify([name, credential, expiresAt]))
      .digest();

  return {
    issue: (user) => {
      const expiresAt = options.now().getTime() + SESSION_SECONDS * 1_000;
      const name = Buffer.from(user.name).toString("base64url");
      return `${name}.${expiresAt}.${macOf(user, expiresAt).toString("base64url")}`;
    },
    read: (token) => {
      const { name = "", expiresAt, mac = "" } = FORM.exec(token)?.groups ?? {};
      const user = byName.get(Buffer.from(name, "base64url").toString());
      if (user === undefined || !(Number(expiresAt) > options.now().getTime())) return null;
      const given = Buffer.from(mac, "base64url");
      const expected = macOf(user, Number(expiresAt));
      return given.length === expected.length && timingSafeEqual(given, expected) ? user : null;
    },
  };
}
