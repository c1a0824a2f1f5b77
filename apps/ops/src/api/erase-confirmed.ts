import type { Ledger } from "@receiver/ledger";
import { invalidInput } from "../http/problem.ts";
import { heldBy } from "./erasure-refusals.ts";

type Erased = { clientFileId: string; erased: boolean; bodies: number; othersKept: string[] };

/**
 * Erases a file for whoever named it twice. Null when there is none.
 *
 * @throws HttpProblem INVALID_INPUT unless `confirm` is the id or the file's externalId, LEGAL_HOLD
 */
export async function eraseConfirmed(
  ledger: Ledger,
  { id, confirm }: { id: string; confirm: string },
  by: { actor: string; reason: string; now: Date },
): Promise<Erased | null> {
  const file = await ledger.clientFiles.get(id);
  if (file === null) return null;
  if (![id, file.id, file.externalId].includes(confirm)) throw notConfirmed();
  const erasure = await ledger.erasure.eraseFile(file.id, by);
  if (erasure.kind === "not-found") return null;
  if (erasure.kind === "held") throw heldBy(erasure.holds);
  const { clientFileId, othersKept } = erasure;
  return erasure.kind === "erased"
    ? { clientFileId, erased: true, bodies: erasure.bodies, othersKept }
    : { clientFileId, erased: false, bodies: 0, othersKept };
}

const notConfirmed = () =>
  invalidInput([
    { path: "confirm", message: "must be the file's id or its externalId: what is erased does not come back" },
  ]);
