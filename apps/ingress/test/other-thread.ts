import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

/** A sender with a thread of its own: it goes on while the test's thread, and with it the ingress, stands still. */
export type OtherThread = {
  /** Opens a connection and writes `first` at once; `rest` when {@link OtherThread.standStill} says so. */
  connect(first: string, rest?: string): void;
  /** Returns when all of them are connected: to the kernel, for nobody has accepted them. */
  standStillUntilConnected(): void;
  /** Has the rest of each sent, and stands still for so long, at a point of the loop from which it goes to the clock first. */
  standStill(ms: number): Promise<void>;
  /** What came back on each connection until it ended, in the order in which they were opened. */
  answers(): Promise<string[]>;
};

export function otherThread(port: number): OtherThread {
  const connected = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./process/send.ts", import.meta.url), { workerData: { port, connected } });
  onTestFinished(async () => void (await worker.terminate()));
  const answers = new Map<number, string>();
  let opened = 0;
  worker.on("message", ([index, answer]: [number, string]) => answers.set(index, answer));

  return {
    connect: (first, rest = "") => {
      worker.postMessage({ index: opened, first, rest });
      opened += 1;
    },
    standStillUntilConnected: () => {
      for (let now = 0; now < opened; now = Atomics.load(connected, 0)) Atomics.wait(connected, 0, now, 10_000);
    },
    standStill: async (ms) => {
      await new Promise(setImmediate);
      worker.postMessage("send the rest");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    },
    answers: async () => {
      while (answers.size < opened) await once(worker, "message");
      return Array.from({ length: opened }, (_, index) => answers.get(index) ?? "");
    },
  };
}
