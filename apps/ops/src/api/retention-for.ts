import type { ClientFileDetails } from "@receiver/ledger";
import type { User } from "../authentication/user-list.ts";

type FileRetention = ClientFileDetails["retention"];
type Hold = Omit<FileRetention["holds"][number], "reason"> & { reason: string | null };
export type ShownRetention = Omit<FileRetention, "holds"> & { holds: Hold[] };

/** Why a file is held may tell of a suspicion: like the audit, which has the same reason, it is for operators. */
export function retentionFor(user: User | null, retention: FileRetention): ShownRetention {
  if (user?.role === "operator") return retention;
  return { ...retention, holds: retention.holds.map((hold) => ({ ...hold, reason: null })) };
}
