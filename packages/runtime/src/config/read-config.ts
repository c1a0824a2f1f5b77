import type { z } from "zod";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { readExplanation } from "./explain.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that `schema` makes of the environment. An empty variable counts as unset, as in a compose file.
 * @throws ConfigError with the problems of all variables. Rules across variables (a `refine` of the whole) are zod's to
 *   look at only when each variable by itself is right.
 */
export function readConfig<T extends z.ZodType>(schema: T, env: Environment): z.output<T> {
  const outcome = parseConfig(schema, env);
  if (outcome.kind === "invalid") throw new ConfigError(outcome.problems);
  return outcome.config;
}

export type ParsedConfig<T> = { kind: "valid"; config: T } | { kind: "invalid"; problems: ConfigProblem[] };

export function parseConfig<T extends z.ZodType>(schema: T, env: Environment): ParsedConfig<z.output<T>> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return { kind: "valid", config: parsed.data };
  return { kind: "invalid", problems: parsed.error.issues.map((issue) => problemOf(issue, given)) };
}

function problemOf(issue: z.core.$ZodIssue, given: Environment): ConfigProblem {
  const variable = issue.path.length > 0 ? issue.path.map(String).join(".") : "The environment";
  const value = given[String(issue.path[0])];
  const { rule, fix } = readExplanation(issue.message) ?? generic(variable, issue.message, value);
  const isMissing = issue.path.length > 0 && value === undefined;
  return { variable, rule: isMissing ? `is not set; it ${rule}` : rule, fix };
}

/** A text that `explain` did not write may have been made of the value. */
function generic(variable: string, message: string, value: string | undefined): { rule: string; fix: string } {
  const quotes = value !== undefined && message.includes(value);
  return {
    rule: quotes ? "does not follow its rule" : `does not follow its rule: ${message}`,
    fix: `See ${variable} in .env.example`,
  };
}
