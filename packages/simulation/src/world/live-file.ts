import type { DeliveryType, State } from "@receiver/contracts";
import {
  analysisMessage,
  type Body,
  drawVerification,
  flatMessage,
  type Retry,
  retryMessage,
  statusMessage,
  uploadMessage,
} from "../danaya-messages.ts";
import type { InventedFile } from "../invented-file.ts";
import type { Random } from "../seeded-random.ts";
import type { Happening } from "./course.ts";
import type { Moment, TrueDecision, WorldFile, WorldMessage } from "./world.ts";

/** What the statuses of this world mean, as the status map that is delivered reads them. */
const states: Record<string, State> = {
  IN_PROGRESS: "IN_ANALYSIS",
  ANALYZED: "AWAITING_DECISION",
  A_TRAITER: "AWAITING_DECISION",
  VALIDER: "APPROVED",
  REJETER: "REJECTED",
  REJETE: "REJECTED",
  REFUSER: "REJECTED",
};

/** What happens to a file, as what is true of it and what Danaya says of it. */
export function liveFile(file: InventedFile, happenings: readonly Happening[], random: Random): WorldFile {
  const repeated = { document: random.pick(file.documents), verification: drawVerification(random) };
  const told = happenings.flatMap((happening) => tell(file, happening, repeated, random));
  const timeline = happenings.flatMap(momentOf);
  return {
    kind: file.kind,
    companyId: String(file.companyId),
    fileUuid: file.uuid,
    fileNumber: String(file.number),
    externalId: file.externalId,
    resubmissionOf: null,
    openedAt: file.openedAt,
    timeline,
    trueDecisions: decisionsIn(timeline),
    finalState: timeline.at(-1)?.state ?? "RECEIVED",
    messages: told.map(({ type, at, body }) => messageOf(file, type, at, body)),
    documents: told.flatMap(documentsIn),
    invented: file,
  };
}

type Told = { type: DeliveryType; at: number; body: Body };

function tell(file: InventedFile, happening: Happening, repeated: Omit<Retry, "attempt">, random: Random): Told[] {
  const { at } = happening;
  switch (happening.what) {
    case "uploaded":
      return [{ type: "DOCUMENT_TO_ANALYSE_RECEIVED", at, body: uploadMessage(file, random) }];
    case "numbered":
      return []; // nobody is told
    case "retried": {
      const retry = { ...repeated, attempt: happening.attempt };
      return [{ type: "RETRY_DOCUMENT_VERIFICATION", at, body: retryMessage(file, at, retry, random) }];
    }
    case "analysed":
      return happening.form === "flat"
        ? [{ type: "FLAT_CLIENT_FILE", at, body: flatMessage(file, at, random, happening.status) }]
        : [{ type: "ANALYSIS_RESULT", at, body: analysisMessage(file, at, random, happening.status) }];
    case "decided":
      return [{ type: "CLIENT_FILE_STATUS_CHANGED", at, body: statusMessage(file, at, happening.status, random) }];
  }
}

export function messageOf(file: InventedFile, type: DeliveryType, occurredAt: number, body: Body): WorldMessage {
  const name = `${file.externalId} ${file.number} ${type} ${new Date(occurredAt).toISOString()}`;
  return { name, type, occurredAt, fileUuid: file.uuid, body: Buffer.from(JSON.stringify(body)) };
}

function momentOf(happening: Happening): Moment[] {
  const status = statusAfter(happening);
  if (status === undefined) return [];
  return [{ from: happening.at, status, state: status === null ? "RECEIVED" : stateOf(status) }];
}

/** Undefined: a retry changes nothing of what a look-up says. */
function statusAfter(happening: Happening): string | null | undefined {
  if (happening.what === "uploaded") return null;
  if (happening.what === "numbered") return "IN_PROGRESS";
  return happening.what === "retried" ? undefined : happening.status;
}

function stateOf(status: string): State {
  const state = states[status];
  if (state === undefined) throw new RangeError(`no state is known for ${status}`);
  return state;
}

function decisionsIn(timeline: readonly Moment[]): TrueDecision[] {
  return timeline.flatMap(({ from, status, state }, index) =>
    status !== null && (state === "APPROVED" || state === "REJECTED")
      ? [{ decision: state, status, from, until: timeline[index + 1]?.from ?? null }]
      : [],
  );
}

function documentsIn({ type, body }: Told): Body[] {
  if (type === "FLAT_CLIENT_FILE") return body.documents as Body[];
  return type === "ANALYSIS_RESULT" ? ((body.payload as Body).documents as Body[]) : [];
}
