import { resolve } from "node:path";
import { type Cidr, fields } from "@receiver/runtime";
import { expectPublicKey, publicKeyEnvironment } from "@receiver/sealing";
import { z } from "zod";
import { checkSettings, contradictions, weakVariables } from "./checks/check-environment.ts";
import { credentials, headerName, headerSecrets, hmacKeys, prefix, signatureKeys } from "./checks/secret-fields.ts";
import { weakSecretsError, weakTokenNames } from "./checks/weak-secrets.ts";

const toAbsolute = (path: string) => resolve(path);
const MIB = 1_024 * 1_024;
const GIB = 1_024 * MIB;

export const config = z
  .object({
    ...publicKeyEnvironment.shape,
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
    /** Whose deliveries are taken, by their address. Unset: anybody's who has a token. */
    ALLOWED_SENDERS: fields.cidrList.optional(),
    /** A header that each delivery must bear, as `name:value`; several values are valid at once. */
    WEBHOOK_HEADER: headerSecrets.optional(),
    /** `user:password` that each delivery must bear; several are valid at once. */
    WEBHOOK_BASIC: credentials.optional(),
    /** Each delivery must be signed by the Standard Webhooks specification with one of these. */
    WEBHOOK_SIGNATURE_SECRETS: signatureKeys.optional(),
    /** Each delivery must bear in WEBHOOK_HMAC_HEADER an HMAC of its body with one of these. */
    WEBHOOK_HMAC_KEYS: hmacKeys.optional(),
    WEBHOOK_HMAC_HEADER: headerName.optional(),
    WEBHOOK_HMAC_ALGORITHM: fields.oneOf(["sha256", "sha512"], "sha256").default("sha256"),
    WEBHOOK_HMAC_ENCODING: fields.oneOf(["hex", "base64"], "hex").default("hex"),
    /** What stands before it, such as `sha256=`. */
    WEBHOOK_HMAC_PREFIX: prefix.optional(),
    /** Where deliveries wait while Postgres is away, on a volume that outlives the container. Unset: they are answered 503. */
    SPOOL_DIR: z.string().trim().min(1).transform(toAbsolute).optional(),
    /** Of one process. At 100 deliveries of 2 KB a second it fills in an hour and a half. */
    SPOOL_MAX_BYTES: fields.wholeNumber({ min: 2 * MIB, max: 2 ** 40 }, GIB).default(GIB),
    /** Nobody applies what is stored, so nobody is woken: docs/first-days.md */
    OBSERVE: fields.booleanFlag.default(false),
    /** Under which Danaya reaches this process from outside. */
    PUBLIC_URL: fields.httpUrl.optional(),
    /** Prints the webhook's URL with its token. Unset: only on a terminal. */
    PRINT_WEBHOOK_URL: fields.booleanFlag.optional(),
  })
  .superRefine(expectPublicKey)
  .superRefine((env, context) => {
    const weak = env.NODE_ENV === "production" ? weakVariables(env) : [];
    const problems = [...contradictions(env), ...weak.map((variable) => ({ variable, message: weakSecretsError }))];
    for (const { variable, message } of problems) context.addIssue({ code: "custom", path: [variable], message });
  })
  .transform((env) => ({
    port: env.PORT,
    reusePort: env.REUSE_PORT,
    isProduction: env.NODE_ENV === "production",
    spool: env.SPOOL_DIR === undefined ? null : { spoolDir: env.SPOOL_DIR, maxBytes: env.SPOOL_MAX_BYTES },
    observe: env.OBSERVE,
    host: env.INGRESS_HOST,
    allowedCompanyIds: env.ALLOWED_COMPANY_IDS ? new Set(env.ALLOWED_COMPANY_IDS) : null,
    trustedProxies: (env.TRUSTED_PROXIES ?? []).map(({ address, prefix }: Cidr) => `${address}/${prefix}`),
    publicUrl: env.PUBLIC_URL,
    printWebhookUrl: env.PRINT_WEBHOOK_URL,
    /** Not secret. Undefined: bodies are kept as they come. */
    sealingKey: env.SEALING_PUBLIC_KEY,
    weakTokenNames: weakTokenNames(env.DANAYA_WEBHOOK_TOKENS),
    weakVariables: weakVariables(env),
    secrets: {
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      tokens: env.DANAYA_WEBHOOK_TOKENS,
      checks: checkSettings(env),
    },
  }));

export type IngressConfig = z.output<typeof config>;
