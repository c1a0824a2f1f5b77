import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";

export const config = pipelineEnvironment.transform((env) => ({ secrets: pipelineSecrets(env) }));
