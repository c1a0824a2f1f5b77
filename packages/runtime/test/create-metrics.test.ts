import { describe, expect, it } from "vitest";
import { createMetrics, type Metrics } from "../src/index.ts";

const linesOf = async ({ registry }: Metrics, name: string) =>
  (await registry.metrics()).split("\n").filter((line) => line.startsWith(name));

describe("createMetrics", () => {
  it("marks every series with the app, so that one dashboard serves them all", async () => {
    const metrics = createMetrics({ app: "ingress" });
    const count = metrics.counter({ name: "receiver_deliveries_total", help: "x", labels: ["disposition"] });
    count({ disposition: "accepted" });
    count({ disposition: "accepted" }, 2);
    expect(await linesOf(metrics, "receiver_deliveries_total")).toEqual([
      'receiver_deliveries_total{disposition="accepted",app="ingress"} 3',
    ]);
    expect((await linesOf(metrics, "process_cpu_seconds_total"))[0]).toContain('app="ingress"');
  });

  it("counts durations in buckets of seconds", async () => {
    const metrics = createMetrics({ app: "ingress" });
    const spec = { name: "receiver_job_seconds", help: "x", labels: ["queue"], buckets: [0.1, 1] } as const;
    metrics.histogram(spec)({ queue: "ANALYSIS_RESULT" }, 0.5);
    const lines = await linesOf(metrics, "receiver_job_seconds_bucket");
    expect(lines.map((line) => line.slice(-1))).toEqual(["0", "1", "1"]);
  });

  it("reads gauges at the scrape, and forgets series that are not read again", async () => {
    const metrics = createMetrics({ app: "ops" });
    let queue = "ANALYSIS_RESULT";
    metrics.gauge({ name: "receiver_queue_jobs", help: "x", labels: ["queue"] }, async () => [
      { labels: { queue }, value: 7 },
    ]);
    expect(await linesOf(metrics, "receiver_queue_jobs")).toEqual([
      'receiver_queue_jobs{queue="ANALYSIS_RESULT",app="ops"} 7',
    ]);
    queue = "NOTIFICATION";
    expect(await linesOf(metrics, "receiver_queue_jobs")).toEqual([
      'receiver_queue_jobs{queue="NOTIFICATION",app="ops"} 7',
    ]);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("away"))],
    ["hangs", () => new Promise<never>(() => {})],
  ])("scrapes without a gauge that %s, because the other figures are needed most just then", async (_how, read) => {
    const metrics = createMetrics({ app: "ops" });
    metrics.gauge({ name: "receiver_queue_jobs", help: "x", labels: ["queue"] }, read);
    expect(await linesOf(metrics, "receiver_queue_jobs")).toEqual([]);
    expect(await linesOf(metrics, "process_cpu_seconds_total")).toHaveLength(1);
  });

  it("gives no number for a gauge without labels that can't be read, because 0 would be a lie", async () => {
    const metrics = createMetrics({ app: "ops" });
    metrics.gauge({ name: "receiver_oldest_seconds", help: "x", labels: [] }, () => Promise.reject(new Error("away")));
    expect(await linesOf(metrics, "receiver_oldest_seconds")).toEqual(['receiver_oldest_seconds{app="ops"} Nan']);
  });

  it("counts values that are no words as 'other', because a label must never hold data", async () => {
    const metrics = createMetrics({ app: "ingress" });
    const count = metrics.counter({ name: "receiver_x_total", help: "x", labels: ["status"] });
    count({ status: "Awa Koné" });
    count({ status: "" });
    expect(await linesOf(metrics, "receiver_x_total")).toEqual(['receiver_x_total{status="other",app="ingress"} 2']);
  });

  it("keeps at most 50 values of a label, because each is a series that the monitoring stores", async () => {
    const metrics = createMetrics({ app: "ingress" });
    const count = metrics.counter({ name: "receiver_x_total", help: "x", labels: ["status"] });
    for (let status = 1; status <= 60; status += 1) count({ status: `s${status}` });
    count({ status: "s1" });
    const lines = await linesOf(metrics, "receiver_x_total");
    expect(lines).toHaveLength(51);
    expect(lines).toContain('receiver_x_total{status="s1",app="ingress"} 2');
    expect(lines).toContain('receiver_x_total{status="other",app="ingress"} 10');
  });

  it("ignores labels that were not declared", async () => {
    const metrics = createMetrics({ app: "ingress" });
    const more: { status: string } = Object.assign({ status: "ok" }, { companyId: "123" });
    metrics.counter({ name: "receiver_x_total", help: "x", labels: ["status"] })(more);
    expect(await linesOf(metrics, "receiver_x_total")).toEqual(['receiver_x_total{status="ok",app="ingress"} 1']);
  });
});
