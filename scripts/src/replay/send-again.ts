import type { Answer, Ledger, ReplaySelection } from "@receiver/ledger";
import { type Producer, publishWakeUps } from "@receiver/queues";
import { type ErrorCode, toReceiverError } from "@receiver/runtime";
import type { ReplayOptions } from "./options.ts";

/**
 * Deliveries of one transaction: a tenth of a second's locks on their own rows, which nobody but the ingress with a repeat of
 * them waits for, and the bodies are read one by one before.
 */
const PAGE_SIZE = 500;

export type Sent = {
  sent: number;
  stillQuarantined: string[];
  /** Their bodies can't be opened, and why. */
  failing: Answer<Ledger["deliveries"]["replay"]>["failing"];
  /** Committed, but not published: the sweeper does it. */
  leftToSweeper: number;
  /** Why not, where some were left. */
  code: ErrorCode | null;
  interrupted: boolean;
};

type Tools = {
  ledger: Pick<Ledger, "deliveries">;
  producer: Pick<Producer, "wake">;
  /** Aborted: the page at hand is finished, and no other is begun. */
  signal: AbortSignal;
  /** After each page. */
  progress(sent: Sent): void;
};

/** Page by page, each visited once, to the end: one that fails again meanwhile is not sent again. */
export async function sendAgain(
  { ledger, producer, signal, progress }: Tools,
  selection: ReplayOptions["selection"],
  by: NonNullable<ReplayOptions["by"]>,
): Promise<Sent> {
  const sent: Sent = {
    sent: 0,
    stillQuarantined: [],
    failing: [],
    leftToSweeper: 0,
    code: null,
    interrupted: false,
  };
  let cursor: string | null = null;
  do {
    const page: ReplaySelection = "id" in selection ? selection : pageOf(selection.filter, cursor);
    const { wakeUps, stillQuarantined, failing, nextCursor } = await ledger.deliveries.replay(page, by);
    const missed = await publishWakeUps(producer, wakeUps);
    sent.sent += wakeUps.length;
    sent.stillQuarantined.push(...stillQuarantined);
    sent.failing.push(...failing);
    sent.leftToSweeper += missed.count;
    if (missed.count > 0) sent.code ??= toReceiverError(missed.failure).code;
    progress(sent);
    cursor = nextCursor;
  } while (cursor !== null && !signal.aborted);
  return { ...sent, interrupted: cursor !== null };
}

const pageOf = (filter: Extract<ReplaySelection, { filter: unknown }>["filter"], cursor: string | null) => ({
  filter,
  limit: PAGE_SIZE,
  cursor: cursor ?? undefined,
});
