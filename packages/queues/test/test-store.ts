import { afterAll, afterEach, beforeAll } from "vitest";
import { chooseBackend } from "../src/index.ts";
import { type Bench, openBench } from "./queue-bench.ts";

export type TestStore = {
  sources: Parameters<typeof chooseBackend>[0];
  /** Everything that the store holds, as text. */
  dump(): Promise<string>;
  stop(): Promise<void>;
};

/** One store for the tests of the block it is called in, empty before each. */
export function provideBench(start: () => Promise<TestStore>): { bench(): Bench; dump(): Promise<string> } {
  let store: TestStore;
  let bench: Bench;

  beforeAll(async () => {
    store = await start();
    bench = openBench(chooseBackend(store.sources));
    await bench.producer.check();
  });
  afterEach(() => bench.clear());
  afterAll(async () => {
    await bench.close();
    await store.stop();
  });
  return { bench: () => bench, dump: () => store.dump() };
}
