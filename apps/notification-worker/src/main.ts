import { runApp } from "@receiver/runtime";
import { openPipeline, startWorkers } from "@receiver/worker";
import { config } from "./config.ts";
import { createAddressGuard } from "./deliver/address-guard.ts";
import { createGuardedAgent } from "./deliver/guarded-agent.ts";
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
    const agent = createGuardedAgent(createAddressGuard(context.config.outgoingAllow));
    context.opened("subscriber-connections", { close: () => agent.destroy() });
    const tools = notificationTools({ ledger: pipeline.ledger, post: createPost(agent) }, context.metrics);
    await startWorkers(context, pipeline, processors, tools);
    return {};
  },
});
