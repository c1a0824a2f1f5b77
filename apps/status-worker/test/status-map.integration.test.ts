import { readFile } from "node:fs/promises";
import { describeWithRedis } from "@receiver/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventsOf, openTestPipeline, type TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";

describeWithRedis("STATUS_MAP", () => {
  let pipeline: TestPipeline;
  beforeAll(async () => {
    pipeline = await openTestPipeline();
  });
  afterAll(() => pipeline.close());

  test("stands in .env.example as the whole map that it replaces, so that nobody loses rows by setting one", async () => {
    const example = await readFile(new URL("../../../.env.example", import.meta.url), "utf8");
    const shown = /^# STATUS_MAP=(.*)$/m.exec(example)?.[1] ?? "null";
    expect(await pipeline.ledger.statusMap.current()).toMatchObject({ version: 0, entries: JSON.parse(shown) });
  });

  test("is the first version; set to something else afterwards it is ignored, and the log says so", async () => {
    const first = await pipeline.start("status-worker", { STATUS_MAP: '{" valider":"APPROVED"}' });
    expect(await pipeline.ledger.statusMap.current()).toMatchObject({ version: 1, entries: { VALIDER: "APPROVED" } });
    expect(eventsOf(first, "status-map-ignored")).toEqual([]);
    await first.kill("SIGTERM");

    const second = await pipeline.start("status-worker", { STATUS_MAP: '{"VALIDER":"REJECTED"}' });
    await expect.poll(() => eventsOf(second, "status-map-ignored")).toMatchObject([{ level: "warn", version: 1 }]);
    expect(await pipeline.ledger.statusMap.current()).toMatchObject({ version: 1, entries: { VALIDER: "APPROVED" } });
    await second.kill("SIGTERM");
  });
});
