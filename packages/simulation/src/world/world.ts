import type { DeliveryType, State } from "@receiver/contracts";
import type { Body } from "../danaya-messages.ts";
import type { Delivery } from "../delivery.ts";
import type { InventedFile } from "../invented-file.ts";

/** A webhook as Danaya means it, before anything befalls it. Times are milliseconds since 1970, on whole seconds. */
export type WorldMessage = Delivery & { type: DeliveryType; fileUuid: string; occurredAt: number };

/**
 * What is true of a file from then on. Without a status there is no number yet, and a look-up finds nothing. A retry is no
 * moment: what is looked up stays IN_PROGRESS meanwhile. Of several that begin in one second the last is true.
 */
export type Moment = { from: number; status: string | null; state: State };

/** A decision that was true: from when, and until when where it was overturned. */
export type TrueDecision = {
  decision: "APPROVED" | "REJECTED";
  status: string;
  from: number;
  until: number | null;
};

/** What a look-up answers at a time. */
export type Truth = { number: string; status: string; state: State };

export type WorldFile = {
  kind: "KYC" | "KYB";
  companyId: string;
  fileUuid: string;
  fileNumber: string;
  externalId: string;
  /** The uuid of the same person's refused file; the two share their externalId. */
  resubmissionOf: string | null;
  openedAt: number;
  /** Ascending; the first is the upload. */
  timeline: readonly Moment[];
  trueDecisions: readonly TrueDecision[];
  finalState: State;
  /** In the order in which things happened. */
  messages: readonly WorldMessage[];
  /** As the analysis reports them. */
  documents: readonly Body[];
  invented: InventedFile;
};

export type WorldOptions = {
  /** All ids come of it: the same seed gives the same bytes. */
  seed: string;
  files: number;
  /** Milliseconds since 1970; cut to the second. */
  startsAt: number;
  /** Default: ten days. In a shorter world everything goes faster in proportion, pauses between messages included. */
  spanMs?: number;
  /** The accounts whose files these are. Default: that of Danaya's documented examples. */
  companies?: readonly [number, ...number[]];
};

export type World = {
  seed: string;
  startsAt: number;
  endsAt: number;
  files: readonly WorldFile[];
  /** By the file's uuid. */
  finalStates: ReadonlyMap<string, State>;
  fileOf(fileUuid: string): WorldFile | undefined;
  /** Null while the analysis isn't ready, and for a uuid that is nobody's. */
  truthAt(fileUuid: string, time: number): Truth | null;
};

/** A webhook on its way. Times are milliseconds since 1970. */
export type Webhook = WorldMessage & {
  sendAt: number;
  /** Never sent: kept so that it can be counted. */
  dropped: boolean;
  /** Not Danaya's. */
  forged: boolean;
  /** The name of the one whose bytes it repeats. */
  duplicateOf: string | null;
};
