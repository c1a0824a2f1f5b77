const SEPARATOR = "\nfix: ";

/** What a field asks for, after the variable's name ("must be …"), and what to write instead. Never put the value in. */
export type Explanation = { rule: string; fix: string };

/** The text of a zod issue that readConfig takes apart again: `z.string().min(8, explain({ rule, fix }))`. */
export function explain({ rule, fix }: Explanation): string {
  return `${rule}${SEPARATOR}${fix}`;
}

/** null for a text that `explain` did not write. */
export function readExplanation(message: string): Explanation | null {
  const [rule, fix, ...rest] = message.split(SEPARATOR);
  return rule && fix && rest.length === 0 ? { rule, fix } : null;
}
