import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational, informationalList } from "../fields/informational.ts";
import { errorCodeWord, statusWord } from "../fields/open-set.ts";
import { rawScore } from "../fields/score.ts";
import { timestamp } from "../fields/timestamp.ts";
import { unread } from "../fields/unread.ts";
import { analysedDocument } from "./analysed-document.ts";
import { company, envelope, payloadRule } from "./envelope.ts";

/** What an analysis says of a file; `id` is the file's number. */
export const analysisPayload = z.object(
  {
    id,
    createdAt: informational(timestamp),
    status: informational(statusWord),
    externalId: informational(id),
    clientFileToAnalyzeId: informational(id),
    company: informational(company),
    score: informational(rawScore),
    documents: informationalList(analysedDocument),
    additionalData: unread(),
    errors: informationalList(z.object({ code: errorCodeWord, duplicatedExternalIds: unread() })),
  },
  payloadRule,
);

export const analysisResult = envelope("ANALYSIS_RESULT", analysisPayload);
export type AnalysisResult = z.output<typeof analysisResult>;
