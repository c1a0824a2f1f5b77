import { ConfigError, fields, readConfig } from "@receiver/runtime";
import { z } from "zod";
import { readRunFile } from "../start/run-file.ts";

/** What to tell the operator instead of a stack. */
export class CantReachOps extends Error {
  override readonly name = "CantReachOps";
}

export type Ops = { url: string; login: string };

const environment = z.object({ OPS_URL: fields.httpUrl.optional(), OPS_LOGIN: z.string().includes(":").optional() });
const runningOps = z.object({
  opsUrl: z.string(),
  login: z.object({ name: z.string(), password: z.string() }).nullable(),
});

/**
 * The environment's, else that of the running `npm start`, whose login counts for itself alone.
 * @throws CantReachOps when something is missing, or can't be read
 */
export function findOps(env: Readonly<Record<string, string | undefined>>): Ops {
  const given = readOrTell(env);
  const running = readRunFile(runningOps, env);
  const url = given.OPS_URL ?? running?.opsUrl;
  if (url === undefined) throw new CantReachOps("no ops to ask: start the pipeline with npm start, or set OPS_URL");
  const own = url === running?.opsUrl ? running.login : null;
  const login = given.OPS_LOGIN ?? (own && `${own.name}:${own.password}`);
  if (!login) throw new CantReachOps("nobody to be: set OPS_LOGIN to name:password of one of OPS_USERS");
  return { url: url.replace(/\/+$/, ""), login };
}

function readOrTell(env: Readonly<Record<string, string | undefined>>) {
  try {
    return readConfig(environment, { OPS_URL: env.OPS_URL || undefined, OPS_LOGIN: env.OPS_LOGIN || undefined });
  } catch (thrown) {
    throw thrown instanceof ConfigError ? new CantReachOps(thrown.describe()) : thrown;
  }
}
