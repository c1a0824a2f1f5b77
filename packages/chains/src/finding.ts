import type { Chain, ChainTable, Link } from "./link.ts";

/** What is wrong with a chain, and the row that shows it. */
export type Finding = {
  table: ChainTable;
  /** Whose chain it is; null for the audit log. */
  clientFileId: string | null;
  /** Of the row; null when it is gone. */
  id: string | null;
  /** Of the row in its chain, or of the first one that is gone. */
  position: number | null;
  wrong: "changed" | "removed" | "reordered" | "inserted";
  detail: string;
};

export type Found = Pick<Finding, "wrong" | "detail"> & Partial<Pick<Finding, "id" | "position">>;

export const findingOf = ({ table, clientFileId }: Chain, { id, position, wrong, detail }: Found): Finding => ({
  table,
  clientFileId,
  id: id ?? null,
  position: position ?? null,
  wrong,
  detail,
});

/** In the words of the report. */
export const details = {
  changed: "its columns don't give its hash",
  unchained: "it bears no hash: it was written beside the trigger that chains",
  beyondHead: "it lies outside the chain, whose head doesn't know it",
  headless: "the head of the chain is gone",
  otherHead: "the head has another hash: the row was written anew together with its own, or the head was changed",
  rival: (own: Link) => `its position is that of row ${own.id}, which the rest of the chain follows`,
  relinked: (own: Link) =>
    `it was written anew together with its hash, or row ${own.id} was, which follows another one`,
};
