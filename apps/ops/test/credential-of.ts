import { hashPassword, type ScryptCost } from "../src/authentication/password-hash.ts";

/** The lowest that scrypt takes: for tests of something else. */
const CHEAPEST: ScryptCost = { N: 2, r: 1, p: 1 };

/** A password's hash as it stands in OPS_USERS. */
export async function credentialOf(password: string, cost = CHEAPEST): Promise<string> {
  const { salt, hash } = await hashPassword(password, cost);
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64")].join("$");
}
