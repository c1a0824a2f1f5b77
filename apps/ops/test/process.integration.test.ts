import { createDatabase, spawnApp } from "@receiver/testing";
import { describe, expect, test } from "vitest";

const OPS_USERS = "ada:operator:operator-password";

describe("ops as a process", () => {
  test("says when it is up, is ready with its database and stops in order", async () => {
    const database = await createDatabase();
    const ops = await spawnApp("ops", { DATABASE_URL: database.url, OPS_USERS });
    expect(new URL(ops.url).hostname).toBe("127.0.0.1");
    expect((await fetch(`${ops.metricsUrl}/readyz`)).status).toBe(200);
    const authorization = `Basic ${btoa("ada:operator-password")}`;
    expect((await fetch(`${ops.url}/api/queues`, { headers: { authorization } })).status).toBe(200);
    expect((await fetch(`${ops.url}/api/queues`)).status).toBe(401);

    expect(await ops.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(ops.logs.join("\n")).not.toMatch(/close-failed|stop-forced|operator-password/);
    await database.drop();
  });

  test("refuses to start without users and tells how to make one, because it shows and changes everything", async () => {
    await expect(spawnApp("ops", { DATABASE_URL: "postgres://127.0.0.1/none" })).rejects.toThrow(
      /ended with 78[\s\S]*OPS_USERS is not set[\s\S]*name:role:password-or-hash/,
    );
  });
});
