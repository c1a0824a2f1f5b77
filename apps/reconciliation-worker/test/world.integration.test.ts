import { lendDatabase } from "@receiver/testing";
import { expect, test } from "vitest";
import { runWorld } from "./world/run-world.ts";
import { nameOf, variants } from "./world/variant.ts";

// A small one of what `npm run test:world` plays with thousands.
test.each(variants.map((variant) => [nameOf(variant), variant] as const))(
  "eighteen days of a world whose webhooks are lost, doubled, late and forged end in the truth: %s",
  async (_name, variant) => {
    const database = await lendDatabase();
    const run = runWorld(database.url, { seed: 1, files: 8, variant, stepMs: 15 * 60_000 });
    const { checks } = await run.finally(database.giveBack);
    expect(checks.filter(({ failed }) => failed > 0)).toEqual([]);
    expect(checks.length).toBeGreaterThan(2);
  },
);
