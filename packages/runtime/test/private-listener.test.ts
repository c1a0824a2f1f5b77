import { describe, expect, it, onTestFinished } from "vitest";
import { createMetrics, ReceiverError } from "../src/index.ts";
import { startPrivateListener } from "../src/metrics/private-listener.ts";

type Options = Partial<Parameters<typeof startPrivateListener>[0]>;

async function listen(options: Options = {}) {
  const { registry } = createMetrics({ app: "test" });
  const listener = await startPrivateListener({ port: 0, host: "127.0.0.1", registry, checks: {}, ...options });
  onTestFinished(() => listener.close());
  return listener;
}

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

describe("startPrivateListener", () => {
  it("answers that the process is alive, whatever its checks say, because a restart mends no database", async () => {
    const { url } = await listen({ checks: { database: () => Promise.reject(new Error("away")) } });
    expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: { status: "alive" } });
  });

  it("is ready when every check passes", async () => {
    const { url } = await listen({ checks: { database: async () => {}, queues: async () => {} } });
    const body = { status: "ready", checks: { database: "ok", queues: "ok" } };
    expect(await get(`${url}/readyz`)).toEqual({ status: 200, body });
  });

  it("names the check that failed by its code, without the words of the error", async () => {
    const unavailable = () => Promise.reject(new ReceiverError("DATABASE_UNAVAILABLE"));
    const unforeseen = () => Promise.reject(new Error("PLANTED7f3a"));
    const { url } = await listen({ checks: { database: unavailable, queues: unforeseen, disk: async () => {} } });
    const checks = { database: "DATABASE_UNAVAILABLE", queues: "INTERNAL", disk: "ok" };
    expect(await get(`${url}/readyz`)).toEqual({ status: 503, body: { status: "not-ready", checks } });
  });

  it("answers for a check that hangs, because a probe that gets no answer learns nothing", async () => {
    const { url } = await listen({ checks: { redis: () => new Promise(() => {}) } });
    const body = { status: "not-ready", checks: { redis: "CHECK_TIMED_OUT" } };
    expect(await get(`${url}/readyz`)).toEqual({ status: 503, body });
  });

  it("survives a check that throws before it returns a promise", async () => {
    const thrower = () => {
      throw new Error("x");
    };
    const { url } = await listen({ checks: { odd: thrower } });
    expect((await get(`${url}/readyz`)).body).toEqual({ status: "not-ready", checks: { odd: "INTERNAL" } });
  });

  it.each(["starting", "stopping"] as const)("asks for no checks while the process is %s", async (phase) => {
    const { url } = await listen({ phase: () => phase, checks: { database: async () => {} } });
    expect(await get(`${url}/readyz`)).toEqual({ status: 503, body: { status: phase, checks: {} } });
  });

  it("serves the registry in Prometheus' text format", async () => {
    const metrics = createMetrics({ app: "test" });
    metrics.counter({ name: "receiver_things_total", help: "Things.", labels: [] })({});
    const { url } = await listen({ registry: metrics.registry });
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await response.text()).toContain('receiver_things_total{app="test"} 1');
  });

  it.each([
    ["404", "/webhooks/danaya/PLANTED7f3a"],
    ["400", "/webhooks/danaya/PLANTED7f3a%zz"],
  ])("answers %s without the path that was asked for, because paths may bear tokens", async (status, path) => {
    const { url } = await listen();
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(Number(status));
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.text()).not.toContain("PLANTED7f3a");
  });

  it("says that a port is taken with a code of its own, because that is what goes wrong on a first try", async () => {
    const { url } = await listen();
    const second = listen({ port: Number(new URL(url).port) });
    await expect(second).rejects.toMatchObject({
      code: "PORT_UNAVAILABLE",
      origin: { name: "Error", systemCode: "EADDRINUSE" },
    });
  });

  it.each([
    ["0.0.0.0", "http://127.0.0.1:"],
    ["::1", "http://[::1]:"],
    ["localhost", "http://localhost:"],
  ])("gives a URL that can be opened when it listens on %s", async (host, prefix) => {
    const { url } = await listen({ host });
    expect(url.startsWith(prefix)).toBe(true);
    expect((await get(`${url}/healthz`)).status).toBe(200);
  });

  it("closes in the middle of an answer, because the stop of the process waits for it", async () => {
    const { registry } = createMetrics({ app: "test" });
    const asked = Promise.withResolvers<void>();
    const hang = () => {
      asked.resolve();
      return new Promise(() => {});
    };
    const listener = await startPrivateListener({ port: 0, host: "127.0.0.1", registry, checks: { redis: hang } });
    const answer = fetch(`${listener.url}/readyz`).then(
      () => "answered",
      () => "cut",
    );
    await asked.promise;
    await listener.close();
    expect(await answer).toBe("cut");
  });
});
