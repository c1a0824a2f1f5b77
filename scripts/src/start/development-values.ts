import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fields } from "@receiver/runtime";
import { z } from "zod";
import { firstToken } from "../first-token.ts";
import { newMasterKey, newVersion } from "../keys/new-master-key.ts";
import { DEFAULT_PORTS } from "./ports.ts";
import { type SealingVariables, sealingVariables } from "./sealing-variables.ts";

/** What a developer didn't set. Random values are kept beside the data, so that a URL stays valid over restarts. */
export type DevelopmentValues = {
  env: Record<string, string>;
  /** Apart: not every app is given what opens bodies. */
  sealing: SealingVariables;
  /** The user's: where Danaya reaches the ingress from outside. Null: only this machine does. */
  publicUrl: string | null;
  /** The token that the printed webhook URL bears. */
  token: string;
  /** Null when OPS_USERS was given: its passwords are the operator's to know. */
  login: { name: string; password: string } | null;
  confirm: string;
  /** Deliveries are stored and not applied. */
  observe: boolean;
};

const kept = z.object({ token: z.string(), password: z.string(), masterKey: z.string() });

export async function developmentValues(env: NodeJS.ProcessEnv, dataDir: string): Promise<DevelopmentValues> {
  const secrets = await keepSecrets(dataDir);
  const tokens = env.DANAYA_WEBHOOK_TOKENS || secrets.token;
  const publicUrl = env.PUBLIC_URL?.trim() || null;
  const filled = {
    PORT: env.PORT || DEFAULT_PORTS.PORT,
    OPS_PORT: env.OPS_PORT || DEFAULT_PORTS.OPS_PORT,
    DANAYA_WEBHOOK_TOKENS: tokens,
    SPOOL_DIR: env.SPOOL_DIR || join(dataDir, "spool"),
    OPS_USERS: env.OPS_USERS || `operator:operator:${secrets.password}`,
    OUTGOING_ALLOW: env.OUTGOING_ALLOW || "127.0.0.0/8,::1/128",
    CONFIRM: env.CONFIRM || (env.DANAYA_API_URL ? "decisions" : "never"),
    // With a public URL the ingress prints the webhook's, too: whole, like the summary.
    ...(publicUrl !== null && { PRINT_WEBHOOK_URL: env.PRINT_WEBHOOK_URL || "1" }),
  };
  return {
    env: filled,
    sealing: await sealingVariables(env, secrets.masterKey),
    publicUrl,
    token: firstToken(tokens) ?? secrets.token,
    login: env.OPS_USERS ? null : { name: "operator", password: secrets.password },
    confirm: filled.CONFIRM,
    observe: fields.booleanFlag.default(false).parse(env.OBSERVE || undefined),
  };
}

async function keepSecrets(dataDir: string): Promise<z.output<typeof kept>> {
  const path = join(dataDir, "development-secrets.json");
  const stored = await readFile(path, "utf8").catch(() => null);
  const known = stored === null ? {} : kept.partial().parse(JSON.parse(stored));
  const secrets = kept.parse({
    token: randomBytes(24).toString("base64url"),
    password: randomBytes(9).toString("base64url"),
    masterKey: newMasterKey(newVersion("development")),
    ...known, // of a version that kept fewer, perhaps
  });
  if (Object.keys(known).length === Object.keys(secrets).length) return secrets;
  await mkdir(dataDir, { recursive: true });
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
