import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { type AppContext, fields, runApp } from "../../src/index.ts";

// A process for run-app.test.ts: behaves as the variable BEHAVIOUR says.

const forever = () => new Promise<void>(() => {});
const never = () => setInterval(() => {}, 60_000);
const secret = "PLANTED7f3a";

type Start = (context: AppContext<unknown>) => Promise<{ url?: string }>;
const closing = (logger: AppContext<unknown>["logger"], name: string) => ({
  close: () => logger.info({ event: "closing", resource: name }),
});

const behaviours: Record<string, Start> = {
  obedient: async ({ opened, logger }) => {
    opened("ledger", closing(logger, "ledger"));
    opened("worker", closing(logger, "worker"));
    return { url: `http://127.0.0.1:4444/webhooks/danaya/${secret}` };
  },
  "hangs-at-close": async ({ opened, logger }) => {
    opened("ledger", closing(logger, "ledger"));
    opened("stuck-worker", { close: forever });
    return {};
  },
  "leaves-a-timer": async () => {
    never();
    return {};
  },
  "fails-to-start": async ({ opened, logger }) => {
    opened("ledger", closing(logger, "ledger"));
    throw new Error(secret, { cause: new Error(secret) });
  },
  "starts-for-ever": async ({ opened, logger, stopping }) => {
    logger.info({ event: "start-under-way" });
    await wait(600_000, undefined, { signal: stopping }).catch(() => {});
    opened("late", closing(logger, "late"));
    return {};
  },
  "gives-up-starting": async ({ logger, stopping }) => {
    logger.info({ event: "start-under-way" });
    await wait(600_000, undefined, { signal: stopping });
    return {};
  },
  "breaks-its-schema": async () => ({}),
  throws: async ({ opened, logger }) => {
    opened("ledger", closing(logger, "ledger"));
    setImmediate(() => {
      throw new Error(secret);
    });
    return {};
  },
  rejects: async () => {
    setImmediate(() => void Promise.reject(new Error(secret)));
    return {};
  },
  "throws-while-stopping": async ({ opened }) => {
    const close = async () => {
      setImmediate(() => {
        throw new Error(secret);
      });
      await wait(50);
    };
    opened("worker", { close });
    return {};
  },
};

const config = z
  .object({ BEHAVIOUR: z.enum(Object.keys(behaviours)), DATABASE_URL: fields.databaseUrl })
  .transform((env) => {
    if (env.BEHAVIOUR === "breaks-its-schema") throw new Error(secret);
    return { behaviour: env.BEHAVIOUR };
  });

await runApp({
  name: "test-app",
  env: process.env,
  config,
  start: (context) => behaviours[context.config.behaviour]?.(context) ?? Promise.resolve({}),
});
