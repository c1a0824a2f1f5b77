import { openOutgoing } from "@receiver/outgoing";
import { runApp } from "@receiver/runtime";
import { openPipeline, startWorkers } from "@receiver/worker";
import { config } from "./config.ts";
import { createPost } from "./deliver/post.ts";
import { notificationTools } from "./notification-tools.ts";
import { processors } from "./processors.ts";

const name = "notification-worker";

await runApp({
  name,
  env: process.env,
  config,
  start: async (context) => {
    const pipeline = await openPipeline(name, context);
    const outgoing = openOutgoing({ allow: context.config.outgoingAllow });
    context.opened("subscriber-connections", outgoing);
    const tools = notificationTools({ ledger: pipeline.ledger, post: createPost(outgoing) }, context.metrics);
    await startWorkers(context, pipeline, processors, tools);
    return {};
  },
});
