import { runApp } from "@receiver/runtime";
import { deliveryTools, openPipeline, startWorkers } from "@receiver/worker";
import { config } from "./config.ts";
import { processors } from "./processors.ts";
import { seedStatusMap } from "./seed-status-map.ts";

const name = "status-worker";

await runApp({
  name,
  env: process.env,
  config,
  start: async (context) => {
    if (context.config.rules.confirm === "never") context.logger.warn({ event: "decisions-not-confirmed" });
    const pipeline = await openPipeline(name, context);
    await seedStatusMap(pipeline.ledger.statusMap, context.config.statusMap, context.logger);
    await startWorkers(context, pipeline, processors, deliveryTools(pipeline, context));
    return {};
  },
});
