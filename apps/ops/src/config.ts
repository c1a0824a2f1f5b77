import { expectConfirmation, rulesEnvironment, rulesIn } from "@receiver/ledger";
import { fields } from "@receiver/runtime";
import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { z } from "zod";
import { userList } from "./authentication/user-list.ts";

export const opsConfig = z
  .object({
    ...masterKeysEnvironment.shape,
    ...rulesEnvironment.shape,
    DATABASE_URL: fields.databaseUrl,
    REDIS_URL: fields.redisUrl.optional(),
    OPS_HOST: fields.host.default("127.0.0.1"),
    OPS_PORT: fields.port.default(3001),
    /** Where people reach this process, if not at its own host and port. https there makes the session's cookie Secure. */
    OPS_PUBLIC_URL: fields.httpUrl.optional(),
    OPS_USERS: userList,
    /** The ingress' list: a replay lets in nobody whom the ingress kept out. */
    ALLOWED_COMPANY_IDS: fields.nonEmptyList.optional(),
    /** Unset, who logs in through a proxy is held up by everybody's wrong passwords. */
    TRUSTED_PROXIES: fields.cidrList.optional(),
  })
  .superRefine(expectMasterKeys)
  .superRefine(expectConfirmation)
  .transform((env) => ({
    host: env.OPS_HOST,
    port: env.OPS_PORT,
    rules: rulesIn(env),
    publicUrl: env.OPS_PUBLIC_URL,
    allowedCompanyIds: env.ALLOWED_COMPANY_IDS && new Set(env.ALLOWED_COMPANY_IDS),
    trustedProxies: (env.TRUSTED_PROXIES ?? []).map(({ address, prefix }) => `${address}/${prefix}`),
    secrets: {
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      users: env.OPS_USERS,
      masterKeys: masterKeysIn(env),
    },
  }));
export type OpsConfig = z.output<typeof opsConfig>;
