import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";

const program = join(import.meta.dirname, "process", "app.ts");
const PLANTED = "PLANTED7f3a";

type Line = Record<string, unknown> & { event: string };

/** The app as a process of its own, with what it writes. */
function run(behaviour: string, env: Record<string, string> = {}) {
  const child = fork(program, {
    env: { PATH: process.env.PATH, BEHAVIOUR: behaviour, DATABASE_URL: `postgres://u:${PLANTED}@h/d`, ...env },
    execArgv: [],
    silent: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { out: "", err: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    output.out += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    output.err += chunk.toString();
  });
  const lines = (): Line[] =>
    output.out
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line));
  const event = (name: string) => lines().find((line) => line.event === name);
  const seen = (name: string) => vi.waitFor(() => expect(event(name)).toBeDefined(), { timeout: 10_000, interval: 20 });
  return { child, output, lines, event, seen, ended: ended(child) };
}

/** Once it is gone and all it wrote has been read. ("close" says the same, but never comes after a disconnect.) */
async function ended(child: ChildProcess) {
  const outputs = [child.stdout, child.stderr].map((stream) => stream && once(stream, "end"));
  const [code, signal] = await once(child, "exit");
  await Promise.all(outputs);
  return { code, signal };
}

describe("runApp", { timeout: 20_000 }, () => {
  it("says once that it is ready, to the log and to its parent, with its URLs; the log gets origins only", async () => {
    const { child, lines, output, ended: end } = run("obedient");
    const [message] = await once(child, "message");
    expect(message).toEqual({
      ready: true,
      url: `http://127.0.0.1:4444/webhooks/danaya/${PLANTED}`,
      metricsUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    child.kill("SIGTERM");
    await end;
    const ready = lines().filter(({ event }) => event === "ready");
    expect(ready).toEqual([
      expect.objectContaining({ app: "test-app", url: "http://127.0.0.1:4444", metricsUrl: message.metricsUrl }),
    ]);
    expect(output.out + output.err).not.toContain(PLANTED);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("closes in reverse order at %s and ends with 0", async (signal) => {
    const { child, lines, seen, ended: end } = run("obedient");
    await seen("ready");
    child.kill(signal);
    expect(await end).toEqual({ code: 0, signal: null });
    expect(lines().slice(1)).toEqual([
      expect.objectContaining({ event: "stopping", reason: "signal", signal, graceMs: 10_000 }),
      expect.objectContaining({ event: "closing", resource: "worker" }),
      expect.objectContaining({ event: "closing", resource: "ledger" }),
      expect.objectContaining({ event: "stopped", exitCode: 0 }),
    ]);
  });

  it("stops when its parent is gone, because an orphan would hold the port of its successor", async () => {
    const { child, seen, event, ended: end } = run("obedient");
    await seen("ready");
    child.disconnect();
    expect((await end).code).toBe(0);
    expect(event("stopping")).toMatchObject({ reason: "parent-gone" });
  });

  it("ends when the grace is over, and names what did not close, because a hanging library must not outlive a deploy", async () => {
    const { child, seen, event, ended: end } = run("hangs-at-close", { STOP_GRACE: "200ms" });
    await seen("ready");
    child.kill("SIGTERM");
    expect(await end).toEqual({ code: 1, signal: null });
    expect(event("stop-forced")).toMatchObject({
      reason: "grace-over",
      resources: ["private-listener", "ledger", "stuck-worker"],
    });
  });

  it("ends at a second signal without waiting for the grace, because somebody stands there and waits", async () => {
    const { child, seen, event, ended: end } = run("hangs-at-close", { STOP_GRACE: "10m" });
    await seen("ready");
    child.kill("SIGINT");
    await seen("stopping");
    await vi.waitFor(
      () => {
        child.kill("SIGINT");
        expect(child.exitCode).not.toBeNull();
      },
      { timeout: 10_000, interval: 100 },
    );
    expect(await end).toEqual({ code: 1, signal: null });
    expect(event("stop-forced")).toMatchObject({ reason: "second-signal" });
  });

  it("takes a Ctrl-C that its parent passes on as one wish, because it would never close in peace under npm", async () => {
    const { child, seen, event, ended: end } = run("hangs-at-close", { STOP_GRACE: "400ms" });
    await seen("ready");
    child.kill("SIGINT");
    await seen("stopping");
    child.kill("SIGTERM");
    await end;
    expect(event("stop-forced")).toMatchObject({ reason: "grace-over" });
  });

  it("ends by force when all is closed but a forgotten timer keeps the process alive", async () => {
    const { child, seen, event, ended: end } = run("leaves-a-timer", { STOP_GRACE: "300ms" });
    await seen("ready");
    child.kill("SIGTERM");
    expect((await end).code).toBe(1);
    expect(event("stopped")).toBeDefined();
    expect(event("stop-forced")).toMatchObject({ resources: expect.arrayContaining(["Timeout"]) });
  });

  it("stops in the middle of a start, and closes what that still opens", async () => {
    const { child, lines, seen, ended: end } = run("starts-for-ever");
    await seen("start-under-way");
    child.kill("SIGTERM");
    expect((await end).code).toBe(0);
    expect(lines().map(({ event }) => event)).toEqual(["start-under-way", "stopping", "closing", "stopped"]);
  });

  it("takes it as no failure when a start ends because the process stops", async () => {
    const { child, lines, seen, ended: end } = run("gives-up-starting");
    await seen("start-under-way");
    child.kill("SIGTERM");
    expect((await end).code).toBe(0);
    expect(lines().map(({ event }) => event)).toEqual(["start-under-way", "stopping", "start-abandoned", "stopped"]);
  });

  it("closes what is open and ends with 1 when the start fails, without the error's words", async () => {
    const { event, output, ended: end } = run("fails-to-start");
    expect((await end).code).toBe(1);
    expect(event("start-failed")).toMatchObject({ level: "fatal", err: { code: "INTERNAL", name: "Error" } });
    expect(event("closing")).toMatchObject({ resource: "ledger" });
    expect(output.out + output.err).not.toContain(PLANTED);
  });

  it.each([
    ["throws", "uncaught-exception"],
    ["rejects", "unhandled-rejection"],
  ])("stops with 1 when something %s that nobody catches, without its words", async (behaviour, name) => {
    const { event, output, ended: end } = run(behaviour);
    expect((await end).code).toBe(1);
    expect(event(name)).toMatchObject({ level: "fatal", err: { code: "INTERNAL" } });
    expect(event("stopping")).toMatchObject({ reason: name });
    expect(output.out + output.err).not.toContain(PLANTED);
  });

  it("ends with 1 when something is thrown while it stops, but closes the rest", async () => {
    const { child, seen, event, ended: end } = run("throws-while-stopping");
    await seen("ready");
    child.kill("SIGTERM");
    expect((await end).code).toBe(1);
    expect(event("uncaught-exception")).toBeDefined();
    expect(event("stopped")).toMatchObject({ exitCode: 1 });
  });

  it("keeps the words of an error from the schema itself, because Node would print them", async () => {
    const { output, ended: end } = run("breaks-its-schema");
    expect((await end).code).toBe(1);
    expect(output.err).toMatch(
      /^test-app: ReceiverError: INTERNAL: .*\n {4}at packages\/runtime\/test\/process\/app\.ts:\d+:\d+\n/,
    );
    expect(output.err).not.toContain(PLANTED);
  });

  it("prints every problem of the configuration on standard error and ends with 78, without a value", async () => {
    const { output, ended: end } = run(PLANTED, { DATABASE_URL: PLANTED, METRICS_PORT: PLANTED });
    expect(await end).toEqual({ code: 78, signal: null });
    expect(output.err).toMatch(/^test-app: The configuration has 3 problems:\n/);
    expect(output.err).toContain("  DATABASE_URL must be a Postgres URL\n    → ");
    expect(output.err).toContain("  METRICS_PORT must be a whole number from 0 to 65535\n    → ");
    expect(output.err).toContain("  BEHAVIOUR ");
    expect(output.err + output.out).not.toContain(PLANTED);
  });
});
