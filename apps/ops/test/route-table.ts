import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";

/** A route as it was registered: what a test asks of every route it asks of those that will be added, too. */
export type Route = { method: string; url: string };

/** Every route, plugins' own among them, of the servers that `open` makes. */
export async function withRouteTable<T>(open: () => Promise<T>): Promise<{ opened: T; routes: Route[] }> {
  const routes: Route[] = [];
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook("onRoute", ({ method, url }) => {
      for (const one of [method].flat()) routes.push({ method: one, url });
    });
  };
  subscribe("fastify.initialization", listen);
  try {
    return { opened: await open(), routes };
  } finally {
    unsubscribe("fastify.initialization", listen);
  }
}

const sampleIds: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/deliveries\/:id/, "0".repeat(40)],
  [/^\/api\/notifications\/:id/, `msg_${"0".repeat(32)}`],
  [/^\/api\/queues\/:name/, "NOTIFICATION"],
];
const SAMPLE_UUID = "0199b2c4-0000-7000-8000-000000000000";

/** The route's address with ids of the right form that nothing has. */
export function sampleUrl({ url }: Route): string {
  const id = sampleIds.find(([pattern]) => pattern.test(url))?.[1] ?? SAMPLE_UUID;
  return url.replace(/:\w+|\*/g, id);
}
