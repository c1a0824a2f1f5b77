import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { type FieldProblem, invalidInput, notFound } from "./problem.ts";

/** Bounds the answer to a body that breaks a rule in every element of a long list. */
const MAX_PROBLEMS = 20;

/**
 * Parses what a route declares. What it refuses is told by path and rule. An id in the path that can't be one names
 * nothing: that is a 404, and the database is not asked.
 */
export const zodValidation: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const fieldNames = fieldNamesOf(schema);
  return (data) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return { value: parsed.data };
    return { error: httpPart === "params" ? notFound("Nothing") : invalidInput(problemsIn(parsed.error, fieldNames)) };
  };
};

/**
 * A form's fields.
 * @throws HttpProblem INVALID_INPUT
 */
export function parsedBy<T extends z.ZodType>(schema: T, data: unknown): z.output<T> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw invalidInput(problemsIn(parsed.error, fieldNamesOf(schema)));
}

/**
 * One problem per field: the first rule that it breaks. A key that no schema names is the sender's text, and stands as `*`.
 */
export function problemsIn(error: z.ZodError, fieldNames: ReadonlySet<string>): FieldProblem[] {
  const printable = (key: PropertyKey) => (typeof key === "number" || fieldNames.has(String(key)) ? String(key) : "*");
  const byPath = new Map<string, FieldProblem>();
  for (const { path: keys, message } of error.issues) {
    const path = keys.map(printable).join(".");
    if (!byPath.has(path)) byPath.set(path, { path, message });
  }
  return [...byPath.values()].slice(0, MAX_PROBLEMS);
}

export const fieldNamesOf = (schema: z.ZodType): ReadonlySet<string> =>
  new Set(propertyNamesIn(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })));

/** However deep. */
function propertyNamesIn(jsonSchema: object): string[] {
  return Object.entries(jsonSchema).flatMap(([key, value]) => {
    if (typeof value !== "object" || value === null) return [];
    return key === "properties" ? [...Object.keys(value), ...propertyNamesIn(value)] : propertyNamesIn(value);
  });
}
