import { createHash } from "node:crypto";
import { isOperatorAct } from "@receiver/client-file";
import type { ClientFileEvent, OperatorsWord } from "@receiver/events";
import type { LedgerTransaction } from "../transaction.ts";
import type { Act, Refusal } from "./act.ts";
import type { SeenFile, Target } from "./lock-target.ts";

/** What the event of an act says of itself; its id and its time are given to it. */
type Draft = Omit<OperatorsWord, "eventId" | "companyId" | "occurredAt">;
type Drafted = Draft | { refused: Refusal };
type Context = { trx: LedgerTransaction; target: Target; seen: readonly ClientFileEvent[] };

/** @param seen the events that bear an id which the act is about */
export async function draftAct(act: Act, context: Context): Promise<Drafted> {
  const { target } = context;
  switch (act.kind) {
    case "decide":
      return { act: "OPERATOR", decision: act.state, ...ownId(target.file) };
    case "abandon":
      return (await hasOpenRetry(context)) ? { act: "ABANDON", ...ownId(target.file) } : { refused: "NO_OPEN_RETRY" };
    case "withdraw":
      return withdrawal(act.eventId, context.seen);
    case "link":
      return link(target);
    case "unlink":
      return unlink(context);
  }
}

/** One id alone: an event that bears both ties them. It goes with the number, as what Danaya says of the file does. */
const ownId = ({ fileUuid, fileNumber }: SeenFile): Pick<Draft, "fileUuid" | "fileNumber"> =>
  fileNumber === null ? { fileUuid, fileNumber } : { fileUuid: null, fileNumber };

async function hasOpenRetry({ trx, target }: Context): Promise<boolean> {
  const row = await trx
    .selectFrom("client_files")
    .select("view")
    .where("id", "=", target.file.id)
    .executeTakeFirstOrThrow();
  return row.view?.retries.some(({ status }) => status === "open") ?? false;
}

function withdrawal(eventId: string, seen: readonly ClientFileEvent[]): Drafted {
  const taken = seen.find((event) => event.eventId === eventId);
  if (taken === undefined || !isOperatorAct(taken.source)) return { refused: "NO_SUCH_ACT" };
  if (taken.source !== "OPERATOR" && taken.source !== "ABANDON") return { refused: "NOT_WITHDRAWABLE" };
  if (seen.some(({ withdraws }) => withdraws === eventId)) return { refused: "ALREADY_WITHDRAWN" };
  const { fileUuid, fileNumber } = taken; // where it stands, there it is taken back
  return { act: "WITHDRAWAL", withdraws: eventId, fileUuid, fileNumber };
}

function link({ file, pair }: Target): Drafted {
  if (pair === null) return { refused: "NOT_LINKABLE" };
  const isOne = pair.fileUuid === file.fileUuid && pair.fileNumber === file.fileNumber;
  return isOne ? { refused: "ALREADY_LINKED" } : { act: "LINK", ...pair };
}

function unlink({ target: { file, pair }, seen }: Context): Drafted {
  if (pair === null) return { refused: "NOT_LINKABLE" };
  const isOne = pair.fileUuid === file.fileUuid && pair.fileNumber === file.fileNumber;
  const about = seen.filter((event) => event.fileUuid === pair.fileUuid && event.fileNumber === pair.fileNumber);
  const isParted = lastActIn(about)?.source === "UNLINK";
  return isOne || (about.length > 0 && !isParted) ? { act: "UNLINK", ...pair } : { refused: "NOT_LINKED" };
}

const lastActIn = (seen: readonly ClientFileEvent[]): ClientFileEvent | undefined =>
  seen
    .filter(({ source }) => isOperatorAct(source))
    .sort((a, b) => a.occurredAt - b.occurredAt)
    .at(-1);

const SECOND_MS = 1_000;

/**
 * When an act counts: now, but after all that was seen. Another clock may run minutes ahead of ours; and the fold orders by the second,
 * within which a newer act would not be told from an older one.
 */
export function timeAfter(seen: readonly ClientFileEvent[], now: Date): number {
  const nextSecond = (epochMs: number) => Math.floor(epochMs / SECOND_MS) * SECOND_MS + SECOND_MS;
  const times = seen
    .filter(({ futureDated }) => !futureDated)
    .map(({ source, occurredAt }) => (isOperatorAct(source) ? nextSecond(occurredAt) : occurredAt));
  return times.reduce((latest, time) => Math.max(latest, time), now.getTime());
}

/**
 * Derived from what is done to what was seen. The same again, with nothing done in between, is the same act; later, after another one, it
 * is a new one.
 */
export function actIdOf(seen: readonly ClientFileEvent[], what: unknown): { eventId: string; isRepeated: boolean } {
  const stem = `act-${createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 40)}`;
  const last = lastActIn(seen)?.eventId;
  if (last?.startsWith(stem)) return { eventId: last, isRepeated: true };
  const before = seen.filter(({ eventId }) => eventId.startsWith(stem)).length;
  return { eventId: `${stem}-${before + 1}`, isRepeated: false };
}
