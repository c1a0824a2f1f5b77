export { applyStoredDelivery, type DeliveryTools, deliveryTools } from "./apply-stored-delivery.ts";
export { openPipeline, type Pipeline } from "./open-pipeline.ts";
export { type PipelineSecrets, pipelineEnvironment, pipelineSecrets } from "./pipeline-environment.ts";
export type { Processor, Processors, QueuesOf } from "./processor.ts";
export { startWorkers } from "./start-workers.ts";
export type { Tell } from "./tell.ts";
