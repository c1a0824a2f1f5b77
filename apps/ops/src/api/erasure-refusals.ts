import { HttpProblem } from "../http/problem.ts";

type Hold = { clientFileId: string; since: Date; by: string };

/** Names what has to be lifted, never why it stands: reasons are for the file's page. */
export function heldBy(holds: readonly Hold[]): HttpProblem {
  const named = holds.map(({ clientFileId, since, by }) => `${clientFileId} (since ${since.toISOString()}, by ${by})`);
  return new HttpProblem(409, "LEGAL_HOLD", `A legal hold forbids it, on client file ${named.join(", ")}`);
}

export function belongsToFile(clientFileId: string | null): HttpProblem {
  const file = clientFileId === null ? "" : ` ${clientFileId}`;
  return new HttpProblem(409, "BELONGS_TO_FILE", `The delivery is evidence of client file${file}: erase that`);
}

export const stillPending = () =>
  new HttpProblem(
    409,
    "STILL_PENDING",
    "The delivery is still to be applied: it is settled first, and then erased with its file",
  );
