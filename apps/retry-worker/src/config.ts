import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";

export const config = z
  .object({ ...pipelineEnvironment.shape, ...masterKeysEnvironment.shape })
  .superRefine(expectMasterKeys)
  .transform((env) => ({ secrets: { ...pipelineSecrets(env), masterKeys: masterKeysIn(env) } }));
