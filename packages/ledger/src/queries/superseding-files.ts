import type { LedgerDatabase } from "../transaction.ts";
import type { ClientFileSummary } from "./client-files.ts";

/** An externalId that all files of a company bear names nobody's resubmissions: the nearest are enough to see it. */
const SHOWN = 10;

export type Superseding = {
  /** Files with the same externalId that were opened before this one, the latest first; ten at most. */
  supersedes: string[];
  /** And after it, the earliest first. */
  supersededBy: string[];
};

/** Of two files of one moment neither supersedes the other: they may be one upload, whose two ids nothing ties yet. */
export async function supersedingOf(
  db: LedgerDatabase,
  { companyId, externalId, openedAt }: Pick<ClientFileSummary, "companyId" | "externalId" | "openedAt">,
): Promise<Superseding> {
  if (externalId === null) return { supersedes: [], supersededBy: [] };
  const opened = async (when: "<" | ">", direction: "asc" | "desc") => {
    const rows = await db
      .selectFrom("client_files")
      .select("id")
      .where("company_id", "=", companyId)
      .where("external_id", "=", externalId)
      .where("merged_into", "is", null)
      .where("opened_at", when, new Date(openedAt))
      .orderBy("opened_at", direction)
      .orderBy("id", direction)
      .limit(SHOWN)
      .execute();
    return rows.map(({ id }) => id);
  };
  return { supersedes: await opened("<", "desc"), supersededBy: await opened(">", "asc") };
}
