import { expect, onTestFinished, test } from "vitest";
import { createDatabase, spawnApp } from "../src/index.ts";

test("an app is a process of its own that tells where it is measured, and ends by the signal that it is sent", async () => {
  const database = await createDatabase();
  onTestFinished(database.drop);
  const app = await spawnApp("retry-worker", { DATABASE_URL: database.url });
  onTestFinished(() => void app.kill("SIGKILL"));
  expect((await fetch(`${app.metricsUrl}/healthz`)).status).toBe(200);
  expect(app.logs.some((line) => JSON.parse(line).event === "ready")).toBe(true);
  expect(app.url).toBeUndefined();
  expect(await app.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});

test("an app that can't start is reported with what it said, because nobody else sees its output", async () => {
  await expect(spawnApp("retry-worker", { DATABASE_URL: "not a URL" })).rejects.toThrow(
    /retry-worker ended with \d+ .*DATABASE_URL/s,
  );
});
