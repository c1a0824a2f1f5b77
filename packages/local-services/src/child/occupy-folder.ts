import { rm } from "node:fs/promises";
import { type Guard, startGuard } from "../guard.ts";
import type { EndSignals } from "./processes.ts";
import { endOrphanOf } from "./run-record.ts";

export type ServerFolder = { path: string; lifetime: "kept" | "temporary" };

export type Occupied = {
  guard: Guard;
  /** Call it when the server has ended. Repeating it is harmless. */
  leave(): Promise<void>;
};

/** Makes the folder ours: a server left there by a killed run is ended, and a guard cleans up should we be killed. */
export async function occupyFolder(
  name: string,
  { path, lifetime }: ServerFolder,
  signals: EndSignals,
  log: (line: string) => void,
): Promise<Occupied> {
  if ((await endOrphanOf(path, signals)) === "ended") log(`${name}: ended one that a killed run left in ${path}`);
  const guard = startGuard(signals, lifetime === "temporary" ? path : "");
  return {
    guard,
    async leave() {
      guard.dismiss();
      if (lifetime === "temporary") await rm(path, { recursive: true, force: true });
    },
  };
}
