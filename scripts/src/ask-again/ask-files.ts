import type { Ledger, OpenFile, OpenFileFilter } from "@receiver/ledger";
import { type AskTools, askFile, type Verdict } from "./ask-file.ts";

/** Why it is over. All but the first two would be true of the next file as well: that one is not asked. */
export type RunEnd = "done" | "interrupted" | "refused" | "forbidden" | "busy" | "away";

/** So many in a row, and it is not the files. */
const UNREACHABLE_IN_A_ROW = 5;
const PAGE = 200;

/** One file after the other. `told` hears of each. */
export async function askFiles(
  files: AsyncIterable<OpenFile>,
  tools: AskTools,
  told: (file: OpenFile, verdict: Verdict) => void,
): Promise<RunEnd> {
  let unreachable = 0;
  for await (const file of files) {
    const verdict = await askFile(file, tools);
    if (verdict === null) return "interrupted";
    told(file, verdict);
    unreachable = verdict.kind === "unreachable" ? unreachable + 1 : 0;
    if (isOfEveryFile(verdict.kind)) return verdict.kind;
    if (unreachable === UNREACHABLE_IN_A_ROW) return "away";
  }
  return "done";
}

const isOfEveryFile = (kind: Verdict["kind"]) => kind === "refused" || kind === "forbidden" || kind === "busy";

/** Page by page, each read when it is needed. A file that was answered meanwhile is still on its page, once. */
export async function* openFiles(ledger: Pick<Ledger, "lookUps">, filter: OpenFileFilter): AsyncGenerator<OpenFile> {
  for (let after: string | null = null; ; ) {
    const page: OpenFile[] = await ledger.lookUps.open(filter, { after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.clientFileId;
  }
}
