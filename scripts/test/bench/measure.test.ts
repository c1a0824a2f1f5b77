import { classify } from "@receiver/contracts";
import { expect, test } from "vitest";
import { endlessDecisions } from "../../src/bench/endless-decisions.ts";
import { flood } from "../../src/bench/flood.ts";
import { middle } from "../../src/bench/measure-answers.ts";
import { startBareServer } from "../../src/bench/start-bare-server.ts";

test("each body is a message and another one, because what comes twice costs less", () => {
  const next = endlessDecisions(new Date());
  const bodies = Array.from({ length: 1_000 }, next);
  expect(new Set(bodies).size).toBe(bodies.length);
  for (const body of bodies.slice(0, 10)) expect(classify(Buffer.from(body))).toMatchObject({ kind: "message" });
});

test("of the rounds the one with the median rate is told, and what failed in any of them", () => {
  const round = (perSecond: number, failed = 0) => ({ perSecond, p50: perSecond, p99: 1, max: 1, answered: 1, failed });
  expect(middle([round(900, 2), round(100), round(500, 1)])).toEqual(round(500, 3));
});

test("the bare server answers each body that it is sent, and ends with its stop", async () => {
  const { url, stop } = await startBareServer();
  const load = { url, connections: 4, seconds: 600, nextBody: endlessDecisions(new Date()) };
  const { answered, failed } = await flood({ ...load, signal: AbortSignal.timeout(500) }); // as Ctrl-C ends it
  expect(answered).toBeGreaterThan(10);
  expect(failed).toBe(0);
  await stop();
  await expect(fetch(url)).rejects.toThrow();
});
