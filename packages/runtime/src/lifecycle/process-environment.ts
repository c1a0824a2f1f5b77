import { z } from "zod";
import { ConfigError } from "../config/config-error.ts";
import { fields } from "../config/fields.ts";
import { type Environment, parseConfig } from "../config/read-config.ts";

/** What every process reads, beside what its own schema asks for. */
export const processEnvironment = z.object({
  LOG_LEVEL: fields.logLevel.default("info"),
  METRICS_HOST: fields.host.default("127.0.0.1"),
  METRICS_PORT: fields.port.default(0),
  /** From the signal to the forced end. Who kills the process from outside (Docker, say) must wait longer. */
  STOP_GRACE: fields.durationMs.default(10_000),
});

/** @throws ConfigError with the problems of the process' and the app's variables together */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, env: Environment) {
  const process = parseConfig(processEnvironment, env);
  const app = parseConfig(schema, env);
  if (process.kind === "valid" && app.kind === "valid") return { process: process.config, app: app.config };
  throw new ConfigError([process, app].flatMap((parsed) => (parsed.kind === "invalid" ? parsed.problems : [])));
}
