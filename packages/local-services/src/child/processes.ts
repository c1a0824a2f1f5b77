import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const LOOK_EVERY_MS = 20;

/** The system's own programs are found too where the PATH leaves them out: `su` without `-` hides useradd, for one. */
export function systemPath(): string {
  return [process.env.PATH, "/usr/sbin", "/usr/bin", "/sbin", "/bin"].filter(Boolean).join(":");
}

/** The command line of a living process, or null: gone, a zombie, or not ours to see. */
export function commandOf(pid: number): string | null {
  return (existsSync("/proc/self/cmdline") ? readProc(pid) : askPs(pid)) || null;
}

function readProc(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function askPs(pid: number): string {
  return (
    spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: systemPath() },
    }).stdout?.trim() ?? ""
  );
}

/** Sends the first signal, and after `patienceMs` the last one; resolves when the process is gone. */
export async function endProcess(pid: number, signals: EndSignals): Promise<void> {
  if (!sendSignal(pid, signals.first)) return;
  if (await goneWithin(pid, signals.patienceMs)) return;
  sendSignal(pid, signals.last);
  await goneWithin(pid, signals.patienceMs);
}

export type EndSignals = { first: NodeJS.Signals; last: NodeJS.Signals; patienceMs: number };

/** False when there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function goneWithin(pid: number, limitMs: number): Promise<boolean> {
  const giveUpAt = Date.now() + limitMs;
  while (commandOf(pid) !== null) {
    if (Date.now() > giveUpAt) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
