import { runApp } from "@receiver/runtime";
import { deliveryTools, openPipeline, startWorkers } from "@receiver/worker";
import { config } from "./config.ts";
import { processors } from "./processors.ts";

const name = "retry-worker";

await runApp({
  name,
  env: process.env,
  config,
  start: async (context) => {
    const pipeline = await openPipeline(name, context);
    await startWorkers(context, pipeline, processors, deliveryTools(pipeline, context));
    return {};
  },
});
