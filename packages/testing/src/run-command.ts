import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { inherited } from "./inherited.ts";

export type CommandEnd = { code: number | null; out: string; err: string };
export type RunningCommand = { child: ChildProcess; ended: Promise<CommandEnd> };

/** Runs a command of `scripts/src` as a process of its own, which ends with the test. It knows of no `npm start` unless `env` says so. */
export function runCommand(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand {
  const program = fileURLToPath(new URL(`../../../scripts/src/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...inherited(), DATA_DIR: "/nowhere", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const ended = once(child, "close").then(async ([code]) => ({ code, out: await out, err: await err }) as CommandEnd);
  return { child, ended };
}
