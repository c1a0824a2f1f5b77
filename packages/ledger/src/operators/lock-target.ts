import type { Node } from "@receiver/client-file";
import { nodeKey, nodesOf, takeLocks } from "../apply/lock-keys.ts";
import { resolveFile } from "../queries/client-file-details.ts";
import { type LedgerTransaction, type LockKey, LockSetGrew } from "../transaction.ts";
import type { Act, OtherId } from "./act.ts";

export type SeenFile = {
  id: string;
  companyId: string;
  fileUuid: string | null;
  fileNumber: string | null;
  version: number;
};
export type Pair = { fileUuid: string; fileNumber: string };

/** `pair`: of which link and unlink speak. Null where there are not an upload's uuid and a file's number. */
export type Target = { file: SeenFile; pair: Pair | null; nodes: Node[] };

/**
 * Finds what an act is about and takes the locks that a delivery of these ids would take: nothing is applied to them until the
 * transaction ends. Null when there is no such file.
 */
export async function lockTarget(
  trx: LedgerTransaction,
  id: string,
  act: Act,
  foreseen: readonly LockKey[],
): Promise<{ target: Target; locks: LockKey[] } | null> {
  const seen = await findTarget(trx, id, act);
  if (seen === null) return null;
  const locks = [...new Set([...keysOf(seen), ...foreseen])];
  await takeLocks(trx, locks);
  const target = await findTarget(trx, id, act); // a delivery may have tied it to another id while we waited
  if (target === null) return null;
  const missing = keysOf(target).filter((key) => !locks.includes(key));
  if (missing.length > 0) throw new LockSetGrew([...locks, ...missing]);
  return { target, locks };
}

const keysOf = ({ file, nodes }: Target): LockKey[] => nodes.map((node) => nodeKey(file.companyId, node));

async function findTarget(trx: LedgerTransaction, id: string, act: Act): Promise<Target | null> {
  const file = await findFile(trx, id);
  if (file === null) return null;
  const speaksOfTwo = act.kind === "link" || act.kind === "unlink";
  const pair = speaksOfTwo ? await pairOf(trx, file, act.other) : null;
  const nodes = [...nodesOf(file), ...(pair ? nodesOf(pair) : [])];
  return { file, pair, nodes };
}

async function findFile(trx: LedgerTransaction, id: string): Promise<SeenFile | null> {
  const row = await resolveFile(trx, id);
  if (!row) return null;
  return {
    id: row.id,
    companyId: row.company_id,
    fileUuid: row.file_uuid,
    fileNumber: row.file_number,
    version: row.version,
  };
}

async function pairOf(trx: LedgerTransaction, file: SeenFile, other: OtherId | null): Promise<Pair | null> {
  if (other === null) return paired(file.fileUuid, file.fileNumber);
  if ("fileUuid" in other) return paired(other.fileUuid, file.fileNumber);
  if ("fileNumber" in other) return paired(file.fileUuid, other.fileNumber);
  const otherFile = await findFile(trx, other.clientFileId);
  if (otherFile?.companyId !== file.companyId) return null;
  if (otherFile.id === file.id) return paired(file.fileUuid, file.fileNumber);
  const pairs = [paired(file.fileUuid, otherFile.fileNumber), paired(otherFile.fileUuid, file.fileNumber)];
  const [only, another] = pairs.filter((pair) => pair !== null);
  return another === undefined ? (only ?? null) : null; // of two whole files nobody can tell which ids are meant
}

const paired = (fileUuid: string | null, fileNumber: string | null): Pair | null =>
  fileUuid === null || fileNumber === null ? null : { fileUuid, fileNumber };
