import { runApp } from "@receiver/runtime";
import { opsConfig } from "./config.ts";
import { startOps } from "./start-ops.ts";

await runApp({ name: "ops", env: process.env, config: opsConfig, start: startOps });
