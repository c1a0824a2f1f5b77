import type { Ledger } from "@receiver/ledger";
import { alignColumns } from "../command-line/align-columns.ts";
import type { Selection } from "./options.ts";

/** Says how many files would be asked for, and how long that takes at least. */
export async function dryRun(
  ledger: Pick<Ledger, "expectSchema" | "lookUps">,
  { rate, company, since, askedBefore }: Selection,
  say: (line: string) => void,
): Promise<void> {
  await ledger.expectSchema();
  const filter = { companyId: company, since, askedBefore: askedBefore ?? new Date() };
  const { byState, withoutUuid } = await ledger.lookUps.count(filter);
  const total = byState.reduce((sum, { files }) => sum + files, 0);
  say(`would ask about ${total} open files, in ${Math.ceil(total / rate)} s at ${rate} per second\n`);
  for (const line of alignColumns([["state", "files"], ...byState.map(({ state, files }) => [state, String(files)])])) {
    say(line);
  }
  if (withoutUuid > 0) say(unaskable(withoutUuid));
}

/** They may hold a decision that nobody hears of. */
export const unaskable = (files: number): string =>
  `\n${files} more can't be asked for: only their number is known. POST /api/client-files registers a uuid`;
