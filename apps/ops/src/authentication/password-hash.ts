import { randomBytes, scrypt } from "node:crypto";

/** A password as it is kept: `scrypt$N$r$p$salt$hash`, salt and hash in base64 or base64url. */
export type PasswordHash = { cost: ScryptCost; salt: Buffer; hash: Buffer };
/** `N` CPU and memory cost, `r` block size, `p` parallelisation (RFC 7914). */
export type ScryptCost = { N: number; r: number; p: number };

/** OWASP's Password Storage Cheat Sheet: with 32 MiB of memory p = 3. About a quarter of a second. */
const RECOMMENDED_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };
/** A log-in must not exhaust the process. */
const MAX_MEMORY_BYTES = 256 * 2 ** 20;
const MAX_PARALLELISATION = 16;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM =
  /^scrypt\$(?<N>\d{1,8})\$(?<r>\d{1,3})\$(?<p>\d{1,3})\$(?<salt>[\w+/-]{11,128}={0,2})\$(?<hash>[\w+/-]{22,128}={0,2})$/;

/** Whether a text means to be a hash; a password itself can't begin like one. */
export const looksHashed = (text: string): boolean => text.startsWith("scrypt$");

/** null for a text of another form, or with a cost that scrypt or this process doesn't take. */
export function readPasswordHash(text: string): PasswordHash | null {
  const { N, r, p, salt = "", hash = "" } = FORM.exec(text)?.groups ?? {};
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  if (!isPossible(cost)) return null;
  return { cost, salt: Buffer.from(salt, "base64"), hash: Buffer.from(hash, "base64") };
}

/** A fresh salt, so that two users of one password are not seen to share it. */
export async function hashPassword(password: string, cost = RECOMMENDED_COST): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  return { cost, salt, hash: await derive(password, { cost, salt, length: HASH_BYTES }) };
}

export function derive(password: string, by: { cost: ScryptCost; salt: Buffer; length: number }): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const options = { ...by.cost, maxmem: memoryOf(by.cost) };
  // NFKC: the same password typed on two keyboards is the same bytes.
  scrypt(password.normalize("NFKC"), by.salt, by.length, options, (error, key) =>
    error ? reject(error) : resolve(key),
  );
  return promise;
}

/** Bytes that OpenSSL asks for. */
export const memoryOf = ({ N, r, p }: ScryptCost): number => 128 * r * (N + p + 2);

function isPossible(cost: ScryptCost): boolean {
  const { N, r, p } = cost;
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  return isPowerOfTwo && r >= 1 && p >= 1 && p <= MAX_PARALLELISATION && memoryOf(cost) <= MAX_MEMORY_BYTES;
}
