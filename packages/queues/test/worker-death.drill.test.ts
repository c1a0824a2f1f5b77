import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describeWithRedis, startRedis, type TestRedis } from "@receiver/testing";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { chooseBackend } from "../src/index.ts";
import { forkQueueProcess, killed, nextMessage, type Sources } from "./fork-queue-process.ts";
import { openBench, untilState } from "./queue-bench.ts";

describeWithRedis("the end of a worker's process", () => {
  let redis: TestRedis;
  let sources: Sources;
  const children: ChildProcess[] = [];

  const start = (task: Parameters<typeof forkQueueProcess>[0]) => {
    const child = forkQueueProcess(task, sources);
    children.push(child);
    return child;
  };

  beforeAll(async () => {
    redis = await startRedis();
    sources = { redisUrl: redis.url, databaseUrl: "postgres://unused" };
  });
  afterEach(() => Promise.all(children.splice(0).map(killed)));
  afterAll(() => redis.stop());

  it("gives its job to another one, killed twice over, and costs the job no attempt", {
    timeout: 120_000,
  }, async () => {
    const bench = openBench(chooseBackend(sources));
    const key = await bench.publish();
    for (const _time of [1, 2]) {
      const worker = start("hold-a-job");
      expect(await nextMessage(worker)).toEqual({ holds: key.id });
      await killed(worker);
    }
    const attempts: number[] = [];
    await bench.work({ process: async ({ attempt }) => void attempts.push(attempt) });
    await untilState(bench.producer, key, "completed", 40_000);
    expect(attempts).toEqual([1]);
    await bench.close();
  });

  it("comes by itself once worker and producer are closed, because nobody calls process.exit", async () => {
    const child = start("come-and-go");
    await nextMessage(child);
    const exited = once(child, "exit");
    child.send("close");
    expect(await exited).toEqual([0, null]);
  });

  it("comes by itself also when Redis has gone", async () => {
    const child = start("come-and-go");
    await nextMessage(child);
    await redis.kill();
    const exited = once(child, "exit");
    child.send("close");
    expect(await exited).toEqual([0, null]);
    await redis.start();
  });
});
