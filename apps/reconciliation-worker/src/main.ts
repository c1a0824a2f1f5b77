import { repeatUntilStopped, runApp } from "@receiver/runtime";
import { openPipeline } from "@receiver/worker";
import { config } from "./config.ts";
import { createRetention } from "./retention/create-retention.ts";
import { createSweeper } from "./sweep/create-sweeper.ts";

const name = "reconciliation-worker";

await runApp({
  name,
  env: process.env,
  config,
  start: async (context) => {
    const { config, logger, metrics, stopping, opened } = context;
    const { ledger, producer } = await openPipeline(name, context);
    const sweep = createSweeper({ ledger, producer, logger, metrics, stopping }, config.sweep);
    const sweeping = repeatUntilStopped(sweep, { pauseMs: config.sweep.intervalMs, stopping });
    opened("sweeper", { close: () => sweeping });
    if (config.retention !== null) {
      const { intervalMs, policy } = config.retention;
      const retain = createRetention({ ledger, logger, metrics, stopping }, policy);
      const retaining = repeatUntilStopped(retain, { pauseMs: intervalMs, stopping });
      opened("retention", { close: () => retaining });
    }
    return {};
  },
});
