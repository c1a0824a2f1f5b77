import { expectConfirmation, rulesEnvironment, rulesIn } from "@receiver/ledger";
import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";

export const config = z
  .object({ ...pipelineEnvironment.shape, ...masterKeysEnvironment.shape, ...rulesEnvironment.shape })
  .superRefine(expectMasterKeys)
  .superRefine(expectConfirmation)
  .transform((env) => ({
    rules: rulesIn(env),
    observe: env.OBSERVE,
    secrets: { ...pipelineSecrets(env), masterKeys: masterKeysIn(env) },
  }));
