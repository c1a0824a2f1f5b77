import type { State } from "@receiver/contracts";

/** Which state a provider's status names, by its spelling in capitals. An operator may change it. */
export type StatusMap = Readonly<Record<string, State>>;

/** `IN_PROGRESS`, `ANALYZED`, `A_TRAITER` and `VALIDER` are documented; the others are seen or presumed. */
export const defaultStatusMap: StatusMap = {
  IN_PROGRESS: "IN_ANALYSIS",
  EN_COURS: "IN_ANALYSIS",
  ANALYZED: "AWAITING_DECISION",
  A_TRAITER: "AWAITING_DECISION",
  VALIDER: "APPROVED",
  REJETER: "REJECTED",
  REJETE: "REJECTED",
  REFUSER: "REJECTED",
  ERREUR: "ERROR",
};

/** Null: no row, hence an unknown status. */
export function stateOfStatus(map: StatusMap, status: string): State | null {
  const spelling = status.trim().toUpperCase();
  return Object.hasOwn(map, spelling) ? (map[spelling] ?? null) : null;
}
