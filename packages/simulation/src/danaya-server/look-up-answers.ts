import { type Body, flatMessage } from "../danaya-messages.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Truth, WorldFile } from "../world/world.ts";

/** The documented form (v1). What OCR read has another name than in a webhook; there is none before the analysis. */
export function documentedAnswer(file: WorldFile, { status, state }: Truth): Body {
  const documents = state === "IN_ANALYSIS" ? [] : file.documents.map(lookedUpDocument);
  const requestedDate = new Date(file.openedAt).toISOString();
  return { id: file.invented.number, status, reasons: [], requestedDate, documents };
}

/** The flat form (v2). The rest of it is the same however often it is asked for. */
export function flatAnswer(file: WorldFile, { status, state }: Truth): Body {
  const random = seededRandom("v2", file.fileUuid, status);
  const documents = state === "IN_ANALYSIS" ? [] : file.documents;
  return { ...flatMessage(file.invented, file.openedAt, random, status), documents };
}

function lookedUpDocument({ id, type, ocrExtractedData, verificationResults }: Body): Body {
  return { id, type, contentMap: ocrExtractedData ?? {}, verifications: verificationResults };
}
