import { findDockerEngine } from "./docker-engine.ts";

const START_LIMIT_MS = 180_000; // pulling an image over a slow line; beyond it a test run had better use what is at hand

export type Container = { url: string; stop(): Promise<void>; restart(): Promise<string> };
export type ContainerPlan = {
  image: string;
  start(testcontainers: typeof import("testcontainers")): Promise<Container>;
};
export type Attempt = { kind: "started"; container: Container; reason: string } | { kind: "declined"; reason: string };

/** Starts the plan's container where a Docker engine answers and has or can pull the image; never throws. */
export async function tryContainer(env: NodeJS.ProcessEnv, plan: ContainerPlan): Promise<Attempt> {
  const engine = await findDockerEngine(env);
  if (engine === null) return { kind: "declined", reason: "no Docker engine answers" };
  try {
    // Loaded only here: it takes half a second, which a machine without an engine need not spend.
    const starting = import("testcontainers").then((library) => plan.start(library));
    const container = await withinLimit(starting);
    return { kind: "started", container, reason: `the Docker engine at ${engine} runs ${plan.image}` };
  } catch (error) {
    return { kind: "declined", reason: `the Docker engine at ${engine} can't run ${plan.image} (${firstLine(error)})` };
  }
}

async function withinLimit(starting: Promise<Container>): Promise<Container> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not up after ${START_LIMIT_MS / 1_000} s`)), START_LIMIT_MS);
  try {
    return await Promise.race([starting, limit]);
  } catch (error) {
    starting.then((late) => late.stop()).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0] ?? message;
}
