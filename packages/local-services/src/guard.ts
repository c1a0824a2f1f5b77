import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type EndSignals, systemPath } from "./child/processes.ts";

const script = fileURLToPath(new URL("./guard.sh", import.meta.url));

/** Ends a process and removes a folder when this process is gone without having done so, killed by SIGKILL for one. */
export type Guard = {
  /** The process to end from now on; null: none. */
  watch(pid: number | null): void;
  /** Everything is cleaned up: the guard goes away without acting. */
  dismiss(): void;
};

/**
 * The guard is in a session of its own, so that Ctrl-C in a terminal reaches this process and not the guard.
 * `temporaryFolder` is removed after the process has ended.
 */
export function startGuard(signals: EndSignals, temporaryFolder = ""): Guard {
  const words = [
    withoutPrefix(signals.first),
    withoutPrefix(signals.last),
    String(Math.ceil(signals.patienceMs / 100)),
  ];
  const guard = spawn("/bin/sh", [script, ...words, temporaryFolder], {
    cwd: "/",
    detached: true,
    env: { PATH: systemPath() },
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => undefined); // without a shell there is no guard; what it guards works all the same
  guard.stdin.on("error", () => undefined);
  guard.unref();
  return {
    watch: (pid) => void guard.stdin.write(`${pid ?? ""}\n`),
    dismiss: () => void guard.kill("SIGKILL"),
  };
}

/** The shell knows signals by their short names only. */
function withoutPrefix(signal: NodeJS.Signals): string {
  return signal.replace(/^SIG/, "");
}
