import type { Answer, Ledger } from "@receiver/ledger";
import { alignColumns } from "../command-line/align-columns.ts";

type Sealed = Answer<Ledger["sealing"]["count"]>;

/** `current`: what is new is sealed under it. `known`: what can be opened. */
export type KnownVersions = { current: string | null; known: readonly string[] };

const kinds = {
  plain: "plain",
  intake: "sealed to the intake",
  "data-key": "under a data key",
  erased: "erased",
  "key-missing": "under a data key whose row is MISSING",
} as const;

/** For people: what may be thrown away stands there with a count of none. */
export function describeSealed({ dataKeys, bodies }: Sealed, versions: KnownVersions): string[] {
  const keyRows = dataKeys.map(({ masterVersion, count }) => [nameOf(masterVersion, versions), String(count)]);
  const bodyRows = bodies.map(({ kind, version, count }) => [
    version === null ? kinds[kind] : `${kinds[kind]}, ${nameOf(version, versions)}`,
    String(count),
  ]);
  return [
    "data keys, by the master key that they are sealed under",
    ...(keyRows.length > 0 ? alignColumns(keyRows) : ["  none"]),
    "bodies, by what they are sealed with",
    ...(bodyRows.length > 0 ? alignColumns(bodyRows) : ["  none"]),
    ...unusedOf({ dataKeys, bodies }, versions).map((version) => `nothing is sealed under ${version} any more`),
  ];
}

/** Versions that something is sealed under and that nobody could open it with. */
export function missingOf(sealed: Sealed, { known }: KnownVersions): string[] {
  return usedIn(sealed).filter((version) => !known.includes(version));
}

/** Whether a key is missing that something stored needs: a master key, or the row of a data key. What was erased needs none. */
export const lacksKeys = (sealed: Sealed, versions: KnownVersions): boolean =>
  missingOf(sealed, versions).length > 0 || sealed.bodies.some(({ kind }) => kind === "key-missing");

const unusedOf = (sealed: Sealed, { current, known }: KnownVersions): string[] =>
  known.filter((version) => version !== current && !usedIn(sealed).includes(version));

function usedIn({ dataKeys, bodies }: Sealed): string[] {
  const versions = [...dataKeys.map(({ masterVersion }) => masterVersion), ...bodies.map(({ version }) => version)];
  return [...new Set(versions.filter((version) => version !== null))];
}

function nameOf(version: string | null, { current, known }: KnownVersions): string {
  if (version === null) return "destroyed";
  if (version === current) return `${version} (current)`;
  return known.includes(version) ? version : `${version} (MISSING: not in MASTER_KEYS)`;
}
