import { createHash } from "node:crypto";

/** A row as far as its chain is concerned. Hashes are hexadecimal; the first row follows the empty one. */
export type Link = {
  /** The row's own id. */
  id: string;
  /** 1, 2, 3… in its chain. Null, like the hashes: it was slipped in beside the trigger that chains. */
  position: number | null;
  previousHash: string | null;
  hash: string | null;
  /** Every column that isn't null, as Postgres' text of its JSON under UTC. */
  content: Readonly<Record<string, string>>;
};

export type ChainedLink = Link & { position: number; previousHash: string; hash: string };
/** The last link as the ledger keeps it beside the rows. */
export type Head = { position: number; hash: string };
export type ChainTable = "transitions" | "audit_log";
/** The transitions of one file, or all that operators did. */
export type Chain = { table: ChainTable; clientFileId: string | null };
/** As it was exported once: whoever writes a chain anew changes what stands in the ledger alone. */
export type KnownHead = { chain: Chain; head: Head };

const FORM = "v1";

export const auditChain: Chain = { table: "audit_log", clientFileId: null };

export const nameOfChain = ({ table, clientFileId }: Chain): string =>
  clientFileId === null ? table : `${table}/${clientFileId}`;

/** Of {@link nameOfChain}. */
export function chainNamed(name: string): Chain {
  const [table, clientFileId] = name.split("/");
  return table === "transitions" && clientFileId !== undefined ? { table, clientFileId } : auditChain;
}

export const isChained = (link: Link): link is ChainedLink =>
  link.position !== null && link.previousHash !== null && link.hash !== null;

/** What docs/audit.md says is hashed. */
export function linkHash(
  chain: Chain,
  { position, previousHash, content }: Pick<ChainedLink, "position" | "previousHash" | "content">,
): string {
  const columns = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [FORM, nameOfChain(chain), String(position), previousHash, ...columns.flat()];
  return createHash("sha256").update(parts.map(netstring).join("")).digest("hex");
}

/** Its length in bytes goes before each part, so that no two lists of parts give the same text. */
const netstring = (part: string): string => `${Buffer.byteLength(part)}:${part},`;

/** Whether the row is as it was when it was chained, at the place where it was. */
export const fitsItsHash = (chain: Chain, link: ChainedLink): boolean => linkHash(chain, link) === link.hash;
