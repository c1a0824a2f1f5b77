import { explain } from "@receiver/runtime";
import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";
import { statusMapVariable } from "./status-map-variable.ts";

const missing = "confirmation by GET is not available in this version";
const fix = "Set CONFIRM=never to release decisions on webhooks alone, marked confirmed:false";
const confirmError = explain({ rule: `must be never: ${missing}`, fix });
const apiError = explain({ rule: `must not be set: ${missing}`, fix: `Take it away. ${fix}` });

/** In production nobody may believe by default that decisions are confirmed: `CONFIRM=never` has to be said there. */
export const config = z
  .object({
    ...pipelineEnvironment.shape,
    ...masterKeysEnvironment.shape,
    NODE_ENV: z.string().optional(),
    CONFIRM: z.literal("never", { error: confirmError }).optional(),
    DANAYA_API_URL: z.never({ error: apiError }).optional(),
    /** Read once: from then on the table in the ledger counts. */
    STATUS_MAP: statusMapVariable.optional(),
  })
  .superRefine(expectMasterKeys)
  .superRefine((env, context) => {
    if (env.NODE_ENV !== "production" || env.CONFIRM !== undefined) return;
    context.addIssue({ code: "custom", path: ["CONFIRM"], message: confirmError });
  })
  .transform((env) => ({
    confirm: env.CONFIRM ?? "never",
    statusMap: env.STATUS_MAP,
    secrets: { ...pipelineSecrets(env), masterKeys: masterKeysIn(env) },
  }));
