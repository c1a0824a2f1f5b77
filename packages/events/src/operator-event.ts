import type { State } from "@receiver/contracts";
import type { ClientFileEvent, OperatorAct } from "./event.ts";

/** What an operator does to a file; `decision` and `withdraws` belong to their acts alone. */
export type OperatorsWord = Pick<
  ClientFileEvent,
  "eventId" | "companyId" | "fileUuid" | "fileNumber" | "occurredAt"
> & {
  act: OperatorAct;
  decision?: State;
  withdraws?: string;
};

/** The event of an operator's act: folded like any other, by the time at which it was done. */
export function operatorEvent({ act, decision, withdraws, ...head }: OperatorsWord): ClientFileEvent {
  return {
    ...head,
    source: act,
    webhookId: null,
    payloadDigest: head.eventId,
    externalId: null,
    fileCreatedAt: null,
    futureDated: false,
    status: null,
    score: null,
    errorCodes: [],
    documents: [],
    verifications: [],
    decision: decision ?? null,
    withdraws: withdraws ?? null,
  };
}
