import { explain, fields } from "@receiver/runtime";
import { z } from "zod";
import { userList } from "./authentication/user-list.ts";

/** HMAC-SHA256 gains nothing beyond 32 bytes, and loses below. */
const sessionSecretError = explain({
  rule: "must be a text of 32 to 500 characters",
  fix: "Make one with: node -p \"crypto.randomBytes(32).toString('base64url')\"",
});

export const opsConfig = z
  .object({
    DATABASE_URL: fields.databaseUrl,
    REDIS_URL: fields.redisUrl.optional(),
    OPS_HOST: fields.host.default("127.0.0.1"),
    OPS_PORT: fields.port.default(3001),
    /** Where people reach this process, if not at its own host and port. https there makes the session's cookie Secure. */
    OPS_PUBLIC_URL: fields.httpUrl.optional(),
    OPS_USERS: userList,
    /** The ingress' list: a replay lets in nobody whom the ingress kept out. */
    ALLOWED_COMPANY_IDS: fields.nonEmptyList.optional(),
    /** Without it sessions end with the process. */
    OPS_SESSION_SECRET: z
      .string()
      .min(32, { error: sessionSecretError })
      .max(500, { error: sessionSecretError })
      .optional(),
  })
  .transform((env) => ({
    host: env.OPS_HOST,
    port: env.OPS_PORT,
    publicUrl: env.OPS_PUBLIC_URL,
    allowedCompanyIds: env.ALLOWED_COMPANY_IDS && new Set(env.ALLOWED_COMPANY_IDS),
    secrets: {
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      users: env.OPS_USERS,
      sessionSecret: env.OPS_SESSION_SECRET,
    },
  }));
export type OpsConfig = z.output<typeof opsConfig>;
