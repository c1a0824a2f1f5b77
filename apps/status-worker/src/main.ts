import { runApp } from "@receiver/runtime";
import { deliveryTools, openPipeline, startWorkers } from "@receiver/worker";
import { config } from "./config.ts";
import { processors } from "./processors.ts";

const name = "status-worker";

await runApp({
  name,
  env: process.env,
  config,
  start: async (context) => {
    if (context.config.confirm === "never") context.logger.warn({ event: "decisions-not-confirmed" });
    const pipeline = await openPipeline(name, context);
    if (context.config.statusMap) await pipeline.ledger.statusMap.seed(context.config.statusMap);
    await startWorkers(context, pipeline, processors, deliveryTools(pipeline, context.metrics));
    return {};
  },
});
