import { explain } from "@receiver/runtime";
import { z } from "zod";
import { looksHashed, readPasswordHash } from "./password-hash.ts";

/** A viewer reads; an operator also changes things and sees raw bodies. */
export type Role = "viewer" | "operator";
/** `credential`: a password, or its hash. */
export type User = { name: string; role: Role; credential: string };

/** The password may hold a colon, but no comma. */
const ENTRY = /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,63}):(?<role>viewer|operator):(?<credential>.{1,500})$/;

const error = explain({
  rule: "must be a comma-separated list of name:role:password-or-hash with different names, the role viewer or operator, a hash as scrypt$N$r$p$salt$hash",
  fix: `Make a hash of the password typed on standard input with: node -e "const c=require('node:crypto'),s=c.randomBytes(16),k=c.scryptSync(require('node:fs').readFileSync(0,'utf8').trim().normalize('NFKC'),s,32,{N:32768,r:8,p:3,maxmem:2**27});console.log(['scrypt',32768,8,3,s.toString('base64url'),k.toString('base64url')].join('\\$'))"`,
});

/** The variable OPS_USERS. */
export const userList = z.string({ error }).transform((text, context): User[] => {
  const users = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(readUser);
  const found = users.filter((user) => user !== null);
  const areDistinct = new Set(found.map(({ name }) => name)).size === users.length;
  if (found.length > 0 && areDistinct) return found;
  context.addIssue({ code: "custom", message: error });
  return z.NEVER;
});

function readUser(entry: string): User | null {
  const { name = "", role, credential = "" } = ENTRY.exec(entry)?.groups ?? {};
  if (role !== "viewer" && role !== "operator") return null;
  if (looksHashed(credential) && readPasswordHash(credential) === null) return null;
  return { name, role, credential };
}
