import { spawnApp } from "@receiver/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { approval, runSpoolingIngress, type SpoolingIngress, soon } from "./spooling-ingress.ts";

let ingress: SpoolingIngress;
beforeEach(async () => {
  ingress = await runSpoolingIngress();
});
afterEach(() => ingress.remove());

describe("an ingress that is killed", () => {
  it("while it spools loses nothing that it answered: the next one finds it, also without Postgres at its start", async () => {
    const token = "T0ken-".repeat(5);
    const env = { DATABASE_URL: ingress.postgres.url, DANAYA_WEBHOOK_TOKENS: token, SPOOL_DIR: ingress.spoolDir };
    await ingress.postgres.cut();
    const killed = await spawnApp("ingress", env);
    const answered: Uint8Array[] = [];
    const post = async (url: string, bytes: Uint8Array) => {
      const answer = await fetch(`${url}/webhooks/danaya/${token}`, { method: "POST", body: Buffer.from(bytes) });
      if (answer.ok) answered.push(bytes);
    };
    const bodies = Array.from({ length: 400 }, (_, index) => approval(`killed ${index}`));
    const posting = bodies.map((bytes) => post(killed.url, bytes).catch(() => {}));
    await expect.poll(() => answered.length, soon).toBeGreaterThan(50);
    await killed.kill("SIGKILL");
    await Promise.all(posting);

    const next = await spawnApp("ingress", env);
    await post(next.url, approval("the next one's"));
    await ingress.postgres.restore();
    await expect.poll(() => ingress.rowsOf(answered), soon).toHaveLength(answered.length);
    expect(await next.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  it("is followed by one of its own machine that takes over what it left, without a new start", async () => {
    const env = {
      DATABASE_URL: ingress.postgres.url,
      DANAYA_WEBHOOK_TOKENS: ingress.token,
      SPOOL_DIR: ingress.spoolDir,
    };
    await ingress.postgres.cut();
    const sibling = await spawnApp("ingress", env);
    const bytes = approval("left behind");
    const answer = await fetch(`${sibling.url}/webhooks/danaya/${ingress.token}`, { method: "POST", body: bytes });
    expect(answer.status).toBe(200);
    await sibling.kill("SIGKILL");
    await ingress.postgres.restore();
    await expect.poll(() => ingress.rowsOf([bytes]), { timeout: 30_000, interval: 100 }).toHaveLength(1);
  });
});
