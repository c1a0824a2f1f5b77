import { z } from "zod";
import { type Explanation, explain } from "./explain.ts";

/** A field of the environment: text in, what `parse` makes of it out; undefined means that it breaks the rule. */
export function textField<T>(explanation: Explanation, parse: (text: string) => T | undefined) {
  const error = explain(explanation);
  return z.string({ error }).transform((text, context): T => {
    const value = parse(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: error });
    return z.NEVER;
  });
}

/** The entries of a comma-separated text, trimmed; empty ones (a closing comma, say) are left out. */
export function entriesOf(text: string): string[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
