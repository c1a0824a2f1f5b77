// A process of its own, for what only the end of a process shows. Started by fork; arguments: what to do, then the sources as JSON.
import { chooseBackend, createProducer, createWorker } from "../src/index.ts";
import { QUEUE } from "./queue-bench.ts";
import { silentLogger } from "./silent-logger.ts";

const [task, sources = "{}"] = process.argv.slice(2);
const backend = chooseBackend(JSON.parse(sources));

function startWorker(work: (id: string) => Promise<void>) {
  return createWorker(
    backend,
    QUEUE,
    { process: ({ id }) => work(id), failedForGood: async () => {}, available: async () => {} },
    { logger: silentLogger },
  );
}

const tasks: Record<string, () => Promise<void>> = {
  /** Takes a job, says so, and never ends it. */
  async "hold-a-job"() {
    await startWorker((id) => {
      process.send?.({ holds: id });
      return new Promise(() => {});
    });
  },
  /** Comes up, closes on any message, and then has nothing left that keeps it running. */
  async "come-and-go"() {
    const producer = createProducer(backend, silentLogger);
    await producer.check();
    const worker = await startWorker(async () => {});
    process.once("message", () => {
      void Promise.all([worker.close(5_000), producer.close()]).then(() => process.disconnect());
    });
    process.send?.({ up: true });
  },
};

await tasks[task ?? ""]?.();
