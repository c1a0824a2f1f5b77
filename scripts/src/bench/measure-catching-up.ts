import { interleave, tellStories } from "@receiver/simulation";
import { postStories } from "./post-stories.ts";
import type { Ground } from "./servers.ts";
import type { Product } from "./start-product.ts";
import { untilSettled } from "./until-settled.ts";

export type CatchingUp = { files: number; deliveries: number; perSecond: number; failed: number; lost: number };
export type CatchingUpOptions = {
  ground: Ground;
  files: number;
  start(workers: boolean): Promise<Product>;
  signal: AbortSignal;
};

const UNDER_WAY = 32;

/** Stores what the files' stories tell while nobody applies it, then starts the workers. */
export async function measureCatchingUp({ ground, files, start, signal }: CatchingUpOptions): Promise<CatchingUp> {
  const deliveries = interleave(tellStories({ seed: "catching up", files, endsAt: Date.now() }));
  const ingress = await start(false);
  const schedule = { perSecond: null, concurrency: UNDER_WAY, signal };
  const { outcomes, taken } = await postStories(ingress.webhookUrl, deliveries, schedule).finally(ingress.stop);
  signal.throwIfAborted();
  const product = await start(true);
  try {
    await untilSettled(ground.query, signal);
  } finally {
    await product.stop();
  }
  const [row] = await ground.query<{ applied: number; seconds: number }>(
    `select count(*)::integer as applied, extract(epoch from max(settled_at) - min(settled_at))::float8 as seconds
    from deliveries where status = 'applied'`,
  );
  const { applied, seconds } = row ?? { applied: 0, seconds: 0 };
  const perSecond = seconds > 0 ? (applied - 1) / seconds : 0;
  return { files, deliveries: deliveries.length, perSecond, failed: outcomes.length - taken, lost: taken - applied };
}
