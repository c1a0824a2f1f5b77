import type { Answer, FileChange, Ledger } from "@receiver/ledger";
import type { ReplayOptions } from "./options.ts";

type DryRun = Answer<Ledger["deliveries"]["dryRunReplay"]>;

/** A file as it is and as it would be when all is applied. */
export type ForetoldFile = Pick<FileChange, "clientFileId" | "version" | "state" | "flags">;

export type Foretold = Omit<DryRun, "changes" | "nextCursor"> & {
  files: ForetoldFile[];
  /** More match than could be looked at without holding up their files. */
  cutOff: boolean;
};

/** The ledger ends a dry run by its time; this is what an operator can read of it. */
const DELIVERIES_MAX = 1_000;

export async function foretell(
  { deliveries }: Pick<Ledger, "deliveries">,
  selection: ReplayOptions["selection"],
): Promise<Foretold> {
  const looked = "id" in selection ? selection : { ...selection, limit: DELIVERIES_MAX };
  const { changes, nextCursor, ...rest } = await deliveries.dryRunReplay(looked, new Date());
  return { ...rest, files: filesOf(changes), cutOff: nextCursor !== null };
}

/** Each file once, from before its first change to after its last. */
export function filesOf(changes: readonly FileChange[]): ForetoldFile[] {
  const files = new Map<string, ForetoldFile>();
  for (const { clientFileId, version, state, flags } of changes) {
    const { state: first, flags: firstFlags } = files.get(clientFileId) ?? { state, flags };
    files.set(clientFileId, {
      clientFileId,
      version,
      state: { before: first.before, after: state.after },
      flags: { before: firstFlags.before, after: flags.after },
    });
  }
  return [...files.values()];
}
