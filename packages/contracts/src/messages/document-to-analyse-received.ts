import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational, informationalList } from "../fields/informational.ts";
import { documentTypeWord } from "../fields/open-set.ts";
import { timestamp } from "../fields/timestamp.ts";
import { unread } from "../fields/unread.ts";
import { company, envelope, payloadRule } from "./envelope.ts";

const scan = z.object({ id: z.unknown(), documentName: z.unknown() });

/** `id` is the upload's uuid, by name: its form is opaque. */
const uploadPayload = z.object(
  {
    id,
    externalId: informational(id),
    createdAt: informational(timestamp),
    danaDropId: informational(id),
    company: informational(company),
    additionalData: unread(),
    documents: informationalList(
      z.object({ id: informational(id), type: informational(documentTypeWord), filesToAnalyse: unread(z.array(scan)) }),
    ),
  },
  payloadRule,
);

export const documentToAnalyseReceived = envelope("DOCUMENT_TO_ANALYSE_RECEIVED", uploadPayload);
export type DocumentToAnalyseReceived = z.output<typeof documentToAnalyseReceived>;
