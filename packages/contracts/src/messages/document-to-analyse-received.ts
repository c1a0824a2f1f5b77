import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational, informationalList } from "../fields/informational.ts";
import { text } from "../fields/text.ts";
import { timestamp } from "../fields/timestamp.ts";
import { company, envelope, payloadRule } from "./envelope.ts";

/** `id` is the upload's uuid, by name: its form is opaque. */
const uploadPayload = z.object(
  {
    id,
    externalId: informational(id),
    createdAt: informational(timestamp),
    danaDropId: informational(id),
    company: informational(company),
    documents: informationalList(z.object({ id: informational(id), type: informational(text) })),
  },
  payloadRule,
);

export const documentToAnalyseReceived = envelope("DOCUMENT_TO_ANALYSE_RECEIVED", uploadPayload);
export type DocumentToAnalyseReceived = z.output<typeof documentToAnalyseReceived>;
