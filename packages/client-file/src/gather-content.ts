import type { FileContent } from "@receiver/contracts";
import { type ClientFileEvent, type DocumentSpace, documentIdOf, normaliseVerification } from "@receiver/events";
import { isForEverybody } from "./retry-policy.ts";

/** Which delivery said it, and when it says that it was. Milliseconds since 1970. */
type ContentSource = { deliveryId: string; occurredAt: number };
type From<T> = T & { from: ContentSource };

/** `type` of a check is normalised, `result` as it came. */
type Check = From<{ type: string; result: Record<string, unknown> }>;

type ContentDocument = {
  id: string;
  space: DocumentSpace;
  type: string | null;
  content: From<{ ocrExtractedData: Record<string, unknown> }> | null;
  verificationResults: Check[];
};

/** What is known of a person from a file's deliveries. */
export type GatheredContent = {
  additionalData: From<{ data: Record<string, unknown> }> | null;
  documents: ContentDocument[];
};

export type SaidContent = { event: Pick<ClientFileEvent, "eventId" | "occurredAt" | "source">; content: FileContent };

/**
 * The latest word on each thing by itself, since a message repeats only a part of a file: a retry bears its check without what OCR read.
 *
 * @param said in fold order
 * @param sees `everything`, or `no-compliance`: PEP, sanction and media checks, and checks that nobody knows, are left out.
 */
export function gatherContent(said: readonly SaidContent[], sees: "everything" | "no-compliance"): GatheredContent {
  const documents = new Map<string, ContentDocument>();
  let additionalData: GatheredContent["additionalData"] = null;
  for (const { event, content } of said) {
    const from = { deliveryId: event.eventId, occurredAt: event.occurredAt };
    if (content.additionalData !== null) additionalData = { data: content.additionalData, from };
    const space = event.source === "UPLOAD" ? "upload" : "analysis";
    for (const document of content.documents) {
      const key = JSON.stringify([space, documentIdOf(document)]);
      documents.set(key, latest(documents.get(key) ?? unseen(document, space), document, from));
    }
  }
  const shown = (document: ContentDocument) => (sees === "everything" ? document : withoutCompliance(document));
  return { additionalData, documents: [...documents.values()].map(shown) };
}

type GivenDocument = FileContent["documents"][number];

const unseen = (document: GivenDocument, space: DocumentSpace): ContentDocument => ({
  id: documentIdOf(document),
  space,
  type: null,
  content: null,
  verificationResults: [],
});

function latest(known: ContentDocument, said: GivenDocument, from: ContentSource): ContentDocument {
  const { ocrExtractedData } = said;
  const checks = said.verificationResults.map(({ type, result }) => ({
    type: normaliseVerification(type),
    result,
    from,
  }));
  const replaced = new Set(checks.map(({ type }) => type));
  return {
    ...known,
    type: said.type ?? known.type,
    content: ocrExtractedData === null ? known.content : { ocrExtractedData, from },
    verificationResults: [...known.verificationResults.filter(({ type }) => !replaced.has(type)), ...checks],
  };
}

const withoutCompliance = (document: ContentDocument): ContentDocument => ({
  ...document,
  verificationResults: document.verificationResults.filter(({ type }) => isForEverybody(type)),
});
