import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { derive, hashPassword, memoryOf, type PasswordHash, readPasswordHash } from "./password-hash.ts";
import type { User } from "./user-list.ts";

/** The user, or null when there is none of this name or the password is wrong. */
export type PasswordCheck = (name: string, password: string) => Promise<User | null>;

type Account = { user: User; stored: PasswordHash };

/**
 * A name that nobody has costs as much as a wrong password: how long the answer takes doesn't tell who exists. Give all
 * users hashes of one cost, since a name without a user is checked at the highest. `onRefused` hears of each wrong try,
 * but not of whose it was: people type passwords where names belong.
 */
export async function createPasswordCheck(users: readonly User[], onRefused = () => {}): Promise<PasswordCheck> {
  const hashed = users.map(async (user) => [user.name, { user, stored: await storedHashOf(user) }] as const);
  const accounts = new Map<string, Account>(await Promise.all(hashed));
  const costliest = [...accounts.values()]
    .map(({ stored }) => stored.cost)
    .sort((a, b) => memoryOf(b) * b.p - memoryOf(a) * a.p)[0];
  const decoy = await hashPassword(randomBytes(16).toString("hex"), costliest);
  const proven = rememberProven();

  return async (name, password) => {
    const account = accounts.get(name);
    if (proven.has(name, password)) return account?.user ?? null;
    const isRight = await matches(password, account?.stored ?? decoy);
    if (!isRight || account === undefined) {
      onRefused();
      return null;
    }
    proven.add(name, password);
    return account.user;
  };
}

const storedHashOf = async ({ credential }: User): Promise<PasswordHash> =>
  readPasswordHash(credential) ?? hashPassword(credential);

async function matches(password: string, { cost, salt, hash }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, { cost, salt, length: hash.length }), hash);
}

/**
 * HTTP Basic sends the password with every call, and scrypt is slow on purpose: one that was right once is known again by
 * its keyed digest. The key lives as long as the process, and so do the users.
 */
function rememberProven() {
  const key = randomBytes(32);
  const nobody = randomBytes(32);
  const digests = new Map<string, Buffer>();
  const digestOf = (name: string, password: string) =>
    createHmac("sha256", key)
      .update(JSON.stringify([name, password]))
      .digest();
  return {
    has: (name: string, password: string) => timingSafeEqual(digestOf(name, password), digests.get(name) ?? nobody),
    add: (name: string, password: string) => void digests.set(name, digestOf(name, password)),
  };
}
