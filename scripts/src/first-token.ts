/** The one to hand out of `name:token` or `token`, comma-separated. Null when there is none. */
export function firstToken(tokens: string | undefined): string | null {
  const entries = (tokens ?? "").split(",").map((entry) => entry.trim());
  const first = entries.find(Boolean);
  return first === undefined ? null : first.slice(first.indexOf(":") + 1);
}
