import { z } from "zod";
import { ConfigError } from "../config/config-error.ts";
import { explain } from "../config/explain.ts";
import { fields } from "../config/fields.ts";
import { type Environment, parseConfig } from "../config/read-config.ts";

const verified = explain({
  rule: "must not be 0: Postgres and whoever else proves his name by a certificate would be believed without one",
  fix: "Name the authority instead: sslrootcert in DATABASE_URL and REDIS_URL, or NODE_EXTRA_CA_CERTS",
});

/** What every process reads, beside what its own schema asks for. */
const processEnvironment = z.object({
  LOG_LEVEL: fields.logLevel.default("info"),
  METRICS_HOST: fields.host.default("127.0.0.1"),
  METRICS_PORT: fields.port.default(0),
  /** From the signal to the forced end. Who kills the process from outside (Docker, say) must wait longer. */
  STOP_GRACE: fields.durationMs.default(10_000),
  NODE_TLS_REJECT_UNAUTHORIZED: z
    .string()
    .refine((text) => text !== "0", { error: verified })
    .optional(),
});

/** @throws ConfigError with the problems of the process' and the app's variables together */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, env: Environment) {
  const process = parseConfig(processEnvironment, env);
  const app = parseConfig(schema, env);
  if (process.kind === "valid" && app.kind === "valid") return { process: process.config, app: app.config };
  throw new ConfigError([process, app].flatMap((parsed) => (parsed.kind === "invalid" ? parsed.problems : [])));
}
