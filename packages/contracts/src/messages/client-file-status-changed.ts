import { z } from "zod";
import { id } from "../fields/id.ts";
import { informational } from "../fields/informational.ts";
import { statusWord } from "../fields/open-set.ts";
import { rawScore } from "../fields/score.ts";
import { company, envelope, payloadRule } from "./envelope.ts";

/** Documented with `id` (the file's number), `status` and `score` alone; the rest is read where it is present. */
const statusPayload = z.object(
  {
    id,
    status: statusWord,
    score: informational(rawScore),
    externalId: informational(id),
    clientFileToAnalyzeId: informational(id),
    company: informational(company),
  },
  payloadRule,
);

export const clientFileStatusChanged = envelope("CLIENT_FILE_STATUS_CHANGED", statusPayload);
export type ClientFileStatusChanged = z.output<typeof clientFileStatusChanged>;
