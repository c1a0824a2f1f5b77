import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { BullJob } from "../src/bull-worker.ts";
import { type QueueName, queueNames } from "../src/index.ts";
import { jobIdOf } from "../src/job-id.ts";
import { readJob } from "../src/worker-job.ts";
import { silentLogger } from "./silent-logger.ts";

/** Jobs as the producers of each release wrote them. A file is never changed; a release that writes another form adds one. */
const folder = new URL("../fixtures/", import.meta.url);
type Frozen = Record<string, { id: string; data: Record<string, string>; opts: { attempts: number } }>;
const releases = readdirSync(folder).map((file): [string, Frozen] => [
  file,
  JSON.parse(readFileSync(new URL(file, folder), "utf8")),
]);

it("jobs of every queue are frozen, or a form could change and no test would know", () => {
  const frozen = new Set(releases.flatMap(([, jobs]) => Object.keys(jobs)));
  expect(queueNames.filter((name) => !frozen.has(name))).toEqual([]);
});

describe.each(releases)("%s, which may still wait when this version starts", (_file, jobs) => {
  it.each(Object.entries(jobs))("%s is read, whole", (queue, job) => {
    const name = queue as QueueName;
    const read = readJob(name, { ...job, attemptsMade: 0 } as unknown as BullJob, silentLogger);
    expect(read).toMatchObject({ data: job.data, attempt: 1, attempts: job.opts.attempts });
    expect(jobIdOf(name, { id: Object.values(job.data)[0] ?? "", epoch: read?.epoch ?? -1 })).toBe(job.id);
  });
});
