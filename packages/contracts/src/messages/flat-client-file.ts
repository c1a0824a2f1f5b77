import { z } from "zod";
import { id } from "../fields/id.ts";
import { timestamp } from "../fields/timestamp.ts";
import { analysisPayload } from "./analysis-result.ts";
import { company } from "./envelope.ts";

const companyRule = { error: "must be an object with the id of the account: the flat form has no companyId" };

/** The form without an envelope. `id` is the file's number, `clientFileToAnalyzeId` its uuid: it alone bears both. */
export const flatClientFile = z
  .object({
    ...analysisPayload.shape,
    clientFileToAnalyzeId: id,
    createdAt: timestamp,
    company: z.object({ ...company.shape, id }, companyRule),
  })
  .transform(({ company, ...payload }) => ({
    type: "FLAT_CLIENT_FILE" as const,
    companyId: company.id,
    webhookId: null,
    occurredAt: payload.createdAt,
    payload,
  }));
export type FlatClientFile = z.output<typeof flatClientFile>;
