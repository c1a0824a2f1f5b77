import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type AppContext, type AppOptions, ConfigError, fields, startApp } from "../src/index.ts";
import { captureLog } from "./captured-log.ts";

const config = z.object({ PLACE: z.string().default("here") }).transform(({ PLACE }) => ({ place: PLACE }));

function appWith(start: AppOptions<typeof config>["start"], env: Record<string, string> = {}) {
  const log = captureLog();
  const options = { name: "test", env, config, start, destination: log.destination };
  return { log, options };
}

/** Things that write down when they are closed. */
function closables(closed: string[]) {
  return (name: string) => ({ close: async () => void closed.push(name) });
}

describe("startApp", () => {
  it("hands the app its own configuration, and a private listener that shows its checks", async () => {
    let seen: string | undefined;
    const { options } = appWith(
      async ({ config: own, check }) => {
        seen = own.place;
        check("database", async () => {});
        return { url: "http://127.0.0.1:1" };
      },
      { PLACE: "there" },
    );
    const app = await startApp(options);
    onTestFinished(app.stop);
    expect(seen).toBe("there");
    expect(app.urls.url).toBe("http://127.0.0.1:1");
    const ready = await fetch(`${app.urls.metricsUrl}/readyz`);
    expect(await ready.json()).toEqual({ status: "ready", checks: { database: "ok" } });
  });

  it("closes in reverse order of opening, because what was opened later leans on what was opened before", async () => {
    const closed: string[] = [];
    const make = closables(closed);
    const { options } = appWith(async ({ opened }) => {
      opened("ledger", make("ledger"));
      opened("producer", make("producer"));
      opened("worker", make("worker"));
      return {};
    });
    const app = await startApp(options);
    await app.stop();
    expect(closed).toEqual(["worker", "producer", "ledger"]);
    await expect(fetch(`${app.urls.metricsUrl}/healthz`)).rejects.toThrow();
  });

  it("closes what was open when the start fails half-way, and says why it failed", async () => {
    const closed: string[] = [];
    const { options } = appWith(async ({ opened }) => {
      opened("ledger", closables(closed)("ledger"));
      throw new Error("no queue");
    });
    await expect(startApp(options)).rejects.toThrow("no queue");
    expect(closed).toEqual(["ledger"]);
  });

  it("goes on closing when one thing fails to, and logs which, because the rest must not stay open for it", async () => {
    const closed: string[] = [];
    const { options, log } = appWith(async ({ opened }) => {
      opened("ledger", closables(closed)("ledger"));
      opened("broken", { close: () => Promise.reject(new Error("PLANTED7f3a")) });
      opened("rude", {
        close: () => {
          throw new Error("PLANTED7f3a");
        },
      });
      return {};
    });
    await (await startApp(options)).stop();
    expect(closed).toEqual(["ledger"]);
    expect(log.lines().map(({ event, resource }) => ({ event, resource }))).toEqual([
      { event: "close-failed", resource: "rude" },
      { event: "close-failed", resource: "broken" },
    ]);
    expect(log.text()).not.toContain("PLANTED7f3a");
  });

  it("tells each thing how long it may take to close, and the app that it stops", async () => {
    const graces: number[] = [];
    let context: AppContext<unknown> | undefined;
    const { options } = appWith(
      async (given) => {
        context = given;
        given.opened("worker", { close: (graceMs) => void graces.push(graceMs) });
        return {};
      },
      { STOP_GRACE: "4s" },
    );
    const app = await startApp(options);
    expect(context?.stopping.aborted).toBe(false);
    await app.stop();
    expect(context?.stopping.aborted).toBe(true);
    expect(graces[0]).toBeGreaterThan(3_000);
    expect(graces[0]).toBeLessThanOrEqual(4_000);
  });

  it("is not ready while it closes, so that nobody sends it more work", async () => {
    const answers: number[] = [];
    const { options } = appWith(async ({ opened }) => {
      opened("worker", { close: async () => answers.push((await fetch(`${app.urls.metricsUrl}/readyz`)).status) });
      return {};
    });
    const app = await startApp(options);
    await app.stop();
    expect(answers).toEqual([503]);
  });

  it("reports the problems of the process' variables and of the app's together", async () => {
    const { log } = appWith(async () => ({}));
    const options = {
      name: "test",
      env: { METRICS_PORT: "x", STOP_GRACE: "soon", NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      config: z.object({ DATABASE_URL: fields.databaseUrl }),
      start: async () => ({}),
      destination: log.destination,
    };
    const failure = await startApp(options).catch((thrown: unknown) => thrown);
    if (!(failure instanceof ConfigError)) throw failure;
    const variables = ["METRICS_PORT", "STOP_GRACE", "NODE_TLS_REJECT_UNAUTHORIZED", "DATABASE_URL"];
    expect(failure.problems.map(({ variable }) => variable)).toEqual(variables);
  });
});
