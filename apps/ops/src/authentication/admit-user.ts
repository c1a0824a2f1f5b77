import { createHmac, randomBytes } from "node:crypto";
import type { PasswordCheck } from "./check-password.ts";
import type { LockOut, Try } from "./lock-out.ts";
import type { User } from "./user-list.ts";

/** `later`: not looked at. Right or wrong, known name or not, the answer is the same. */
type Admission = { kind: "right"; user: User } | { kind: "wrong" } | { kind: "later"; retryAfterSeconds: number };

export type AdmitUser = (given: Try & { password: string }) => Promise<Admission>;

/**
 * Checks a password, unless too many were wrong. A program may send one right password with many calls at once: while it is being
 * checked, that is one try.
 */
export function createAdmitUser(
  checkPassword: PasswordCheck,
  lockOut: LockOut,
  count: (outcome: Admission["kind"]) => void = () => {},
): AdmitUser {
  const underWay = new Map<string, Promise<Admission>>();
  const key = randomBytes(32);

  const check = async ({ password, ...tried }: Try & { password: string }): Promise<Admission> => {
    lockOut.begin(tried);
    let user: User | null = null; // a check that breaks counts as wrong
    try {
      user = await checkPassword(tried.name, password);
    } finally {
      if (user === null) lockOut.wasWrong(tried);
      else lockOut.cameIn(tried);
    }
    return user === null ? { kind: "wrong" } : { kind: "right", user };
  };

  const admit: AdmitUser = async ({ name, password, network }) => {
    const waitMs = lockOut.waitMs({ name, network });
    if (waitMs > 0) return { kind: "later", retryAfterSeconds: Math.ceil(waitMs / 1_000) };
    const digest = createHmac("sha256", key)
      .update(JSON.stringify([name, password, network]))
      .digest("base64");
    const known = underWay.get(digest);
    if (known !== undefined) return known;
    const checked = check({ name, password, network }).finally(() => underWay.delete(digest));
    underWay.set(digest, checked);
    return checked;
  };

  return async (given) => {
    const admission = await admit(given);
    count(admission.kind);
    return admission;
  };
}
