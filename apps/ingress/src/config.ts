import { resolve } from "node:path";
import { type Cidr, fields } from "@receiver/runtime";
import { z } from "zod";
import { weakTokenNames, weakTokensError } from "./weak-tokens.ts";

const toAbsolute = (path: string) => resolve(path);
const MIB = 1_024 * 1_024;
const GIB = 1_024 * MIB;

export const config = z
  .object({
    NODE_ENV: z.string().optional(),
    DATABASE_URL: fields.databaseUrl,
    /** Unset: BullMQ's Postgres backend on the same database. */
    REDIS_URL: fields.redisUrl.optional(),
    /** The one public port; 0 asks the system for a free one. */
    PORT: fields.port.default(3_000),
    /** Every interface: this is the process that the public is to reach. */
    INGRESS_HOST: fields.host.default("0.0.0.0"),
    /** Several processes listen on PORT, so that one can leave or come while the others take what arrives. */
    REUSE_PORT: fields.booleanFlag.default(false),
    DANAYA_WEBHOOK_TOKENS: fields.tokenList,
    /** Unset: deliveries of any company are taken. */
    ALLOWED_COMPANY_IDS: fields.nonEmptyList.optional(),
    /** Whose `X-Forwarded-For` is believed. Unset: nobody's. */
    TRUSTED_PROXIES: fields.cidrList.optional(),
    /** Where deliveries wait while Postgres is away, on a volume that outlives the container. Unset: they are answered 503. */
    SPOOL_DIR: z.string().trim().min(1).transform(toAbsolute).optional(),
    /** Of one process. At 100 deliveries of 2 KB a second it fills in an hour and a half. */
    SPOOL_MAX_BYTES: fields.wholeNumber({ min: 2 * MIB, max: 2 ** 40 }, GIB).default(GIB),
    /** Under which Danaya reaches this process from outside. */
    PUBLIC_URL: fields.httpUrl.optional(),
    /** Prints the webhook's URL with its token. Unset: only on a terminal. */
    PRINT_WEBHOOK_URL: fields.booleanFlag.optional(),
  })
  .superRefine((env, context) => {
    if (env.NODE_ENV !== "production" || weakTokenNames(env.DANAYA_WEBHOOK_TOKENS).length === 0) return;
    context.addIssue({ code: "custom", path: ["DANAYA_WEBHOOK_TOKENS"], message: weakTokensError });
  })
  .transform((env) => ({
    port: env.PORT,
    reusePort: env.REUSE_PORT,
    isProduction: env.NODE_ENV === "production",
    spool: env.SPOOL_DIR === undefined ? null : { spoolDir: env.SPOOL_DIR, maxBytes: env.SPOOL_MAX_BYTES },
    host: env.INGRESS_HOST,
    allowedCompanyIds: env.ALLOWED_COMPANY_IDS ? new Set(env.ALLOWED_COMPANY_IDS) : null,
    trustedProxies: (env.TRUSTED_PROXIES ?? []).map(({ address, prefix }: Cidr) => `${address}/${prefix}`),
    publicUrl: env.PUBLIC_URL,
    printWebhookUrl: env.PRINT_WEBHOOK_URL,
    weakTokenNames: weakTokenNames(env.DANAYA_WEBHOOK_TOKENS),
    secrets: { databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL, tokens: env.DANAYA_WEBHOOK_TOKENS },
  }));

export type IngressConfig = z.output<typeof config>;
