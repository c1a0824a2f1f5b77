import { type Login, roles } from "@receiver/ledger/roles";
import { explain, fields, readConfig } from "@receiver/runtime";
import { z } from "zod";

/** The password may hold a colon, but no comma; printable ASCII, which needs no normalisation (RFC 4013). */
const ENTRY = /^(?<name>[a-z][a-z0-9_]{0,62}):(?<role>[a-z_]+):(?<password>[!-~]{16,200})$/;

const error = explain({
  rule: "must be a comma-separated list of name:role:password with different names, each role one of those of --help, each password of 16 to 200 printable characters",
  fix: "Write for example ingress:receiver_ingress:…, with a password of openssl rand -hex 24",
});

const loginList = z.string({ error }).transform((text, context): Login[] => {
  const entries = text.split(",").map((entry) => entry.trim());
  const logins = entries.filter((entry) => entry !== "").map(readLogin);
  const found = logins.filter((login) => login !== null);
  if (new Set(found.map(({ name }) => name)).size === logins.length) return found;
  context.addIssue({ code: "custom", message: error });
  return z.NEVER;
});

function readLogin(entry: string): Login | null {
  const { name = "", role: word, password = "" } = ENTRY.exec(entry)?.groups ?? {};
  const role = roles.find((one) => one === word);
  return role === undefined ? null : { name, role, password };
}

const environment = z.object({
  DATABASE_URL: fields.databaseUrl,
  DATABASE_LOGINS: loginList.default([]),
});

/** @throws ConfigError */
export function readEnvironment(env: NodeJS.ProcessEnv): { databaseUrl: string; logins: Login[] } {
  const read = readConfig(environment, env);
  return { databaseUrl: read.DATABASE_URL, logins: read.DATABASE_LOGINS };
}
