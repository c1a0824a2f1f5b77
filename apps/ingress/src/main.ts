import { runApp } from "@receiver/runtime";
import { config } from "./config.ts";
import { startIngress } from "./start-ingress.ts";

await runApp({ name: "ingress", env: process.env, config, start: startIngress });
