import { fields } from "@receiver/runtime";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";

export const config = z
  .object({
    ...pipelineEnvironment.shape,
    /** Networks that subscribers may live in although they are not public. */
    OUTGOING_ALLOW: fields.cidrList.default([]),
  })
  .transform((env) => ({
    observe: env.OBSERVE,
    outgoingAllow: env.OUTGOING_ALLOW,
    secrets: pipelineSecrets(env),
  }));
