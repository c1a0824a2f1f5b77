import { expectConfirmation, rulesEnvironment, rulesIn } from "@receiver/ledger";
import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";
import { statusMapVariable } from "./status-map-variable.ts";

export const config = z
  .object({
    ...pipelineEnvironment.shape,
    ...masterKeysEnvironment.shape,
    ...rulesEnvironment.shape,
    /** Read once: from then on the table in the ledger counts. */
    STATUS_MAP: statusMapVariable.optional(),
  })
  .superRefine(expectMasterKeys)
  .superRefine(expectConfirmation)
  .transform((env) => ({
    observe: env.OBSERVE,
    rules: rulesIn(env),
    statusMap: env.STATUS_MAP,
    secrets: { ...pipelineSecrets(env), masterKeys: masterKeysIn(env) },
  }));
