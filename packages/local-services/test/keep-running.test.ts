import { expect, test } from "vitest";
import { keepRunning } from "../src/child/keep-running.ts";
import type { RunningServer } from "../src/child/run-server.ts";

/** Servers that end when told to, in place of processes. */
function fakeServers(failing: number[] = []) {
  const ends: (() => void)[] = [];
  let starts = 0;
  const start = async (): Promise<RunningServer> => {
    starts += 1;
    if (failing.includes(starts)) throw new Error(`start ${starts} fails`);
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    ends.push(resolve);
    return { exited, crash: resolve, stop: async () => resolve() };
  };
  return { start, starts: () => starts, endLast: () => ends.at(-1)?.() };
}

test("starts a server again that ended by itself, because apps that use it can't", async () => {
  const servers = fakeServers();
  const kept = await keepRunning("Redis", servers.start, () => undefined);
  servers.endLast();
  await expect.poll(servers.starts).toBe(2);
  servers.endLast();
  await expect.poll(servers.starts).toBe(3);
  await kept.stop();
});

test("tries again when the start after an end fails, and says why", async () => {
  const said: string[] = [];
  const servers = fakeServers([2]);
  const kept = await keepRunning("Redis", servers.start, (line) => said.push(line));
  servers.endLast();
  await expect.poll(servers.starts).toBe(3);
  expect(said).toEqual(["Redis ended: starting it again", "Redis: Error: start 2 fails"]);
  await kept.stop();
});

test("hands the failure of the first start to the caller, who may choose another port", async () => {
  await expect(keepRunning("Redis", fakeServers([1]).start, () => undefined)).rejects.toThrow("start 1 fails");
});

test("a restart is over when the next server runs", async () => {
  const servers = fakeServers();
  const kept = await keepRunning("Redis", servers.start, () => undefined);
  await kept.restart();
  expect(servers.starts()).toBe(2);
  await kept.stop();
});

test("doesn't start a server again after stop, even in the middle of a pause", async () => {
  const servers = fakeServers([2, 3, 4, 5, 6, 7, 8]);
  const kept = await keepRunning("Redis", servers.start, () => undefined);
  servers.endLast();
  await expect.poll(servers.starts).toBe(2);
  await kept.stop();
  expect(servers.starts()).toBe(2);
});

test("says nothing of an end that it was asked for", async () => {
  const said: string[] = [];
  const kept = await keepRunning("Redis", fakeServers().start, (line) => said.push(line));
  await kept.stop();
  await new Promise(setImmediate); // whatever the end sets off has run
  expect(said).toEqual([]);
});
