import { openDanayaApi } from "@receiver/danaya-api";
import { repeatUntilStopped, runApp } from "@receiver/runtime";
import { openPipeline } from "@receiver/worker";
import { createAsking, LANES } from "./ask/create-asking.ts";
import { createClock } from "./by-the-clock/create-clock.ts";
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
    const { ledger, producer, tell } = await openPipeline(name, context);
    if (config.observe) {
      logger.warn({ event: "observing" }); // what is pending waits on purpose, so nothing is overdue
      return {};
    }
    const sweep = createSweeper({ ledger, producer, logger, metrics, stopping }, config.sweep);
    const sweeping = repeatUntilStopped(sweep, { pauseMs: config.sweep.intervalMs, stopping });
    opened("sweeper", { close: () => sweeping });
    const now = () => new Date();
    const clock = createClock({ ledger, tell, logger, metrics, now, stopping }, config.clock);
    const watching = repeatUntilStopped(clock, { pauseMs: config.clock.intervalMs, stopping });
    opened("clock", { close: () => watching });
    if (config.asking !== null) {
      const { gate, intervalMs } = config.asking;
      const api = opened("danaya-api", openDanayaApi(config.asking.api));
      const ask = createAsking({ ledger, api, tell, logger, metrics, now, stopping }, { gate });
      const lanes = Array.from({ length: LANES }, () => repeatUntilStopped(ask, { pauseMs: intervalMs, stopping }));
      opened("asking", { close: () => Promise.all(lanes) });
    }
    if (config.retention !== null) {
      const { intervalMs, policy } = config.retention;
      const retain = createRetention({ ledger, logger, metrics, stopping }, policy);
      const retaining = repeatUntilStopped(retain, { pauseMs: intervalMs, stopping });
      opened("retention", { close: () => retaining });
    }
    return {};
  },
});
