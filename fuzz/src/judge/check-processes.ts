import { z } from "zod";
import type { World } from "../world/start-world.ts";
import { judgeMemory, type MemorySample } from "./judge-memory.ts";

/** The processes that ran at the end as at the beginning; nothing starts one again. */
export const ended = ({ processes, incidents }: Pick<World, "processes" | "incidents">): string[] => [
  ...incidents,
  ...[...processes].filter(([, { pid }]) => !isRunning(pid)).map(([name, { pid }]) => `${name}: no process ${pid}`),
];

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The run's own Postgres keeps nothing on disk, of which each process complains as it should. */
const EXPECTED = "durability-weak";
const line = z.object({ level: z.enum(["error", "fatal"]), event: z.string().refine((event) => event !== EXPECTED) });

/** Whatever a sender does is no error of ours. */
export function erring({ processes }: Pick<World, "processes">): string[] {
  return [...processes].flatMap(([name, { logs }]) => logs.flatMap((text) => troublesIn(name, text)));
}

function troublesIn(name: string, text: string): string[] {
  if (!text.startsWith("{")) return [`${name}: ${text}`];
  return line.safeParse(JSON.parse(text)).success ? [`${name}: ${text}`] : [];
}

const MIB = 1_024 * 1_024;

export function growing(samples: ReadonlyMap<string, readonly MemorySample[]>): string[] {
  return [...samples].flatMap(([name, own]) => {
    const { kind, heapGrowth, rssGrowth } = judgeMemory(own);
    const inMib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
    return kind === "grows" ? [`${name}: heap by ${inMib(heapGrowth)}, resident by ${inMib(rssGrowth)}`] : [];
  });
}

/** An operator looks at what came of it: so many of the newest and the oldest files and deliveries, each as JSON and as a page. */
const LOOKED_AT = 40;
const listed = z.object({ items: z.array(z.object({ id: z.string() })) });

export async function unshowable({ askOps }: Pick<World, "askOps">): Promise<string[]> {
  const found: string[] = [];
  const look = async (path: string) => {
    const response = await askOps(path);
    if (response.status !== 200) found.push(`${path}: ${response.status}`);
    return response;
  };
  for (const list of ["client-files", "deliveries"]) {
    const { items } = listed.parse(await (await look(`/api/${list}?limit=${LOOKED_AT}`)).json());
    await look(list === "deliveries" ? "/deliveries" : "/");
    for (const { id } of items) for (const path of [`/api/${list}/${id}`, `/${list}/${id}`]) await look(path);
  }
  return found;
}
