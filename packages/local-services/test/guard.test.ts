import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { closedFolder } from "./temporary-folders.ts";

const script = fileURLToPath(new URL("../src/guard.sh", import.meta.url));

function run(shellCommand: string): ChildProcess & { pid: number } {
  const child = spawn("/bin/sh", ["-c", shellCommand], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child as ChildProcess & { pid: number };
}

/** A guard whose parent told it these lines and then died. Resolves when it has acted. */
async function actAfter(lines: string[], { patience = 50, folder = "" } = {}): Promise<void> {
  const guard = spawn("/bin/sh", [script, "TERM", "KILL", String(patience), folder], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.stdin.end(lines.map((line) => `${line}\n`).join(""));
  await once(guard, "exit");
}

const ended = (child: ChildProcess) => expect.poll(() => child.signalCode);

test("ends the last process that it was told of, and only then removes the folder", async () => {
  const folder = closedFolder();
  const [first, last] = [run("exec sleep 60"), run("exec sleep 60")];
  await actAfter([String(first.pid), String(last.pid)], { folder });
  await ended(last).toBe("SIGTERM");
  expect(existsSync(folder)).toBe(false);
  expect(first.signalCode).toBeNull();
});

test("ends nothing after an empty line, because the process's id may be another one's by then", async () => {
  const child = run("exec sleep 60");
  await actAfter([String(child.pid), ""]);
  expect(child.signalCode).toBeNull();
});

test("kills a process that doesn't heed the first signal", async () => {
  const child = run("trap '' TERM; echo trapped; while :; do sleep 0.1; done");
  await once(child.stdout as NodeJS.ReadableStream, "data");
  await actAfter([String(child.pid)], { patience: 1 });
  await ended(child).toBe("SIGKILL");
});

test.runIf(existsSync("/proc/self/status"))("doesn't wait for a zombie, which nobody may ever collect", async () => {
  const parent = run("sleep 0.01 & echo $!; exec sleep 60");
  const [pid] = await once(parent.stdout as NodeJS.ReadableStream, "data");
  const startedAt = performance.now();
  await actAfter([String(pid).trim()], { patience: 100 });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
