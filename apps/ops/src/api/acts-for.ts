import type { ClientFileDetails } from "@receiver/ledger";
import type { User } from "../authentication/user-list.ts";

type Acts = ClientFileDetails["acts"];

/** Why somebody acted may tell of a suspicion: like the audit, which has the same reason, it is for operators. */
export const actsFor = (user: User | null, acts: Acts): Acts =>
  acts.map((act) => (user?.role === "operator" ? act : { ...act, reason: null }));
