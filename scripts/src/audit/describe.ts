import type { Finding } from "@receiver/chains";
import type { Answer, Ledger } from "@receiver/ledger";

/** One line per finding: which row of which chain, and what was done to it. */
export function describeFinding({ table, clientFileId, id, position, wrong, detail }: Finding): string {
  const row = id === null ? "" : ` row ${id}`;
  const file = clientFileId === null ? "" : ` of file ${clientFileId}`;
  const place = position === null ? "" : `, position ${position}`;
  return `${table}${row}${file}${place}: ${wrong}: ${detail}`;
}

export function describeVerified({ rows, chains, findings }: Answer<Ledger["audit"]["verify"]>): string {
  const verdict = findings === 0 ? "nothing was changed, removed, moved or slipped in" : `findings: ${findings}`;
  return `${rows} rows in ${chains} chains: ${verdict}`;
}

export const describeHeads = ({ chains, digest }: { chains: number; digest: string }): string =>
  `${chains} heads, whose digest is ${digest}`;
