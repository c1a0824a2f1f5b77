import { setTimeout as pause } from "node:timers/promises";
import type { AppName, SpawnedApp } from "@receiver/testing/processes";
import type { MemorySample } from "../judge/judge-memory.ts";

export type MemoryWatch = { samples: ReadonlyMap<AppName, MemorySample[]>; stop(): Promise<void> };

const EVERY_MS = 500;
const ANSWER_WITHIN_MS = 5_000;

/** Reads the private metrics of each process now and then. */
export function watchMemory(processes: ReadonlyMap<AppName, SpawnedApp>): MemoryWatch {
  const startedAt = Date.now();
  const samples = new Map([...processes.keys()].map((name): [AppName, MemorySample[]] => [name, []]));
  const stopped = new AbortController();

  const look = async ([name, { metricsUrl }]: [AppName, SpawnedApp]) => {
    const sample = await read(metricsUrl).catch(() => null); // a process that is gone is told of as such
    if (sample) samples.get(name)?.push({ at: Date.now() - startedAt, ...sample });
  };
  const watch = async () => {
    while (!stopped.signal.aborted) {
      await Promise.all([...processes].map(look));
      await pause(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    samples,
    async stop() {
      stopped.abort();
      await watching;
    },
  };
}

async function read(metricsUrl: string): Promise<Omit<MemorySample, "at">> {
  const response = await fetch(`${metricsUrl}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const text = await response.text();
  return {
    rss: readingOf(text, "process_resident_memory_bytes"),
    heapUsed: readingOf(text, "nodejs_heap_size_used_bytes"),
  };
}

function readingOf(text: string, name: string): number {
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`no process tells its ${name}`);
  return Number(value);
}
