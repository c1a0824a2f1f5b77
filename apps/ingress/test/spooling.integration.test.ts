import { badFixtures, bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { approval, runSpoolingIngress, type SpoolingIngress, soon } from "./spooling-ingress.ts";

let ingress: SpoolingIngress;
beforeEach(async () => {
  ingress = await runSpoolingIngress();
});
afterEach(() => ingress.remove());

const approvals = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => approval(`${name} ${index}`));
const readiness = async (url: string) => {
  const answer = await fetch(`${url}/readyz`);
  const { mode } = (await answer.json()) as { mode: string };
  return { status: answer.status, mode };
};
const metric = async (pattern: RegExp) => {
  const text = await fetch(`${ingress.metricsUrl}/metrics`).then((answer) => answer.text());
  return Number(pattern.exec(text)?.[1]);
};

describe("while Postgres refuses connections", () => {
  it("answers 200 from the disk and brings all to Postgres when it is back, with the moment of their receipt", async () => {
    const bodies = approvals("cut", 300);
    await ingress.postgres.cut();
    const from = Date.now();
    const answers = await Promise.all(bodies.map((bytes) => ingress.post(bytes)));
    const to = Date.now();
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    expect(await ingress.rowsOf(bodies)).toEqual([]);
    expect(await readiness(ingress.url)).toMatchObject({ status: 200, mode: "spooling" });
    expect(await metric(/receiver_ingress_storage_mode\{.*state="spooling".*\} (\d)/)).toBe(1);
    expect(await metric(/receiver_spool_bytes\{.*\} (\d+)/)).toBeGreaterThan(300 * 100);

    await ingress.postgres.restore();
    await expect.poll(() => ingress.rowsOf(bodies), soon).toHaveLength(bodies.length);
    for (const row of await ingress.rowsOf(bodies)) {
      expect(row).toMatchObject({ status: "pending", sightings: 1 });
      expect(Date.parse(row.receivedAt)).toBeGreaterThanOrEqual(from);
      expect(Date.parse(row.receivedAt)).toBeLessThanOrEqual(to);
    }
    await expect.poll(() => readiness(ingress.url), soon).toMatchObject({ status: 200, mode: "storing" });
    expect(await metric(/receiver_spool_bytes\{.*\} (\d+)/)).toBe(0);
    expect(await metric(/receiver_spooled_deliveries_total\{.*outcome="drained".*\} (\d+)/)).toBe(bodies.length);
  });

  it("answers 202 with the problems to what can't be applied, and 400 to what is no JSON, as ever", async () => {
    await ingress.postgres.cut();
    const answers = await Promise.all(badFixtures().map(({ bytes }) => ingress.post(bytes)));
    const stored = answers.filter(({ status }) => status === 202);
    expect(stored).toHaveLength(badFixtures().length - 1);
    for (const { answer } of stored) expect(answer.problems).not.toEqual([]);
    await ingress.postgres.restore();
    const quarantined = () => ingress.ledger.deliveries.list({ status: "quarantined", limit: 50 });
    await expect.poll(async () => (await quarantined()).items, soon).toHaveLength(stored.length);
  });

  it("counts the copies of one delivery as sightings of it once they are in Postgres", async () => {
    const bytes = approval("copies");
    expect((await ingress.post(bytes)).answer.disposition).toBe("accepted");
    await ingress.postgres.cut();
    for (const _ of [1, 2]) expect((await ingress.post(bytes)).status).toBe(200);
    await ingress.postgres.restore();
    await expect.poll(async () => (await ingress.rowOf(bytes))?.sightings, soon).toBe(3);
  });
});

describe("while Postgres accepts connections and does not answer", () => {
  it("notices within the 5 s of an answer, and then answers from the disk at once", async () => {
    const [first, ...others] = approvals("hung", 10);
    ingress.postgres.hang();
    const startedAt = performance.now();
    expect((await ingress.post(first as Buffer)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    const noticedAt = performance.now();
    for (const bytes of others) expect((await ingress.post(bytes)).status).toBe(200);
    expect(performance.now() - noticedAt).toBeLessThan(others.length * 2_000); // what each would wait for Postgres
    await ingress.postgres.restore();
    await expect.poll(() => ingress.rowsOf([first as Buffer, ...others]), soon).toHaveLength(10);
    // The statement that hung was run in the end as well: one receipt, told twice.
    await expect.poll(() => readiness(ingress.url), soon).toMatchObject({ mode: "storing" });
    expect(await ingress.rowOf(first as Buffer)).toMatchObject({ sightings: 1 });
  });
});

describe("a spool that is full", () => {
  it("means 503 with Retry-After and not ready, and 200 again once it is drained", async () => {
    await ingress.remove();
    ingress = await runSpoolingIngress({ SPOOL_MAX_BYTES: String(2 * 1_024 * 1_024) });
    const large = (seed: string) =>
      bytesOf(danaya.ANALYSIS_RESULT(inventFile(seed), { payload: { note: "x".repeat(1_200_000) } }));
    await ingress.postgres.cut();
    expect((await ingress.post(large("fits"))).status).toBe(200);
    const refused = await fetch(`${ingress.url}/webhooks/danaya/${ingress.token}`, {
      method: "POST",
      body: large("one too many"),
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(await readiness(ingress.url)).toMatchObject({ status: 503, mode: "refusing" });
    expect((await ingress.post(approval("small"))).status).toBe(200); // there is room for this one
    await ingress.postgres.restore();
    await expect.poll(() => readiness(ingress.url), soon).toMatchObject({ status: 200, mode: "storing" });
    expect((await ingress.post(large("one too many"))).answer.disposition).toBe("accepted");
    expect(await ingress.rowsOf([large("fits"), approval("small")])).toHaveLength(2);
  });
});
