const misspelt: Readonly<Record<string, string>> = { BD: "DB" };

const UNKNOWN_VERIFICATION = "UNKNOWN";

/** `FACE_MATCH_CHECK` and `FACE_MATCH` are one check, and so are `BD_CHECK` and `DB_CHECK`. The set is open. */
export function normaliseVerification(raw: string | null): string {
  const name = raw
    ?.trim()
    .toUpperCase()
    .replace(/_CHECK$/, "");
  if (!name) return UNKNOWN_VERIFICATION;
  return Object.hasOwn(misspelt, name) ? (misspelt[name] as string) : name;
}
