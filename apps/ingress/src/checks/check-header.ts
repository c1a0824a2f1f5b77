import { createSecretMatch } from "./match-secret.ts";
import type { HeaderCheck } from "./request-check.ts";

export type HeaderSecrets = { name: string; values: readonly string[] };

/** One header with one of these values. Sent twice, Node joins the two, and neither fits. */
export function createHeaderCheck({ name, values }: HeaderSecrets): HeaderCheck {
  const match = createSecretMatch(values);
  return {
    name: "header",
    fits: ({ headers }) => {
      const value = headers[name];
      return typeof value === "string" ? match(value) : null;
    },
  };
}
