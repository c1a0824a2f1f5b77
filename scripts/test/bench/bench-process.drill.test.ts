import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@receiver/testing";
import { expect, test } from "vitest";
import { temporaryFolder } from "../start-as-a-stranger.ts";

test("a short run measures everything, loses nothing, and keeps its figures where it was told to", async () => {
  const json = join(await temporaryFolder("figures"), "bench.json");
  const args = ["--seconds", "1", "--connections", "8", "--rate", "20", "--files", "10", "--json", json];
  const { code, out, err } = await runCommand("bench", args, {}).ended;
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/% of the bare server/);
  expect(JSON.parse(await readFile(json, "utf8"))).toMatchObject({
    options: { seconds: 1, rate: 20 },
    answers: { lost: 0 },
    wholeWay: { deliveries: 20, failed: 0, lost: 0, notifications: expect.any(Number) },
    catchingUp: { files: 10, failed: 0, lost: 0, perSecond: expect.any(Number) },
  });
});
