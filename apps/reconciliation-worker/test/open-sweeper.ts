import { createLogger, createMetrics } from "@receiver/runtime";
import type { TestPipeline } from "../../../packages/worker/test/open-test-pipeline.ts";
import { createSweeper } from "../src/sweep/create-sweeper.ts";

/** One sweeper in the test's own process, to be asked for one sweep at a time; it finds every row overdue at once. */
export function openSweeper({ ledger, producer }: Pick<TestPipeline, "ledger" | "producer">) {
  const logs: string[] = [];
  const logger = createLogger({ app: "test", level: "info", destination: { write: (line) => void logs.push(line) } });
  const metrics = createMetrics({ app: "test" });
  const stopping = new AbortController().signal;
  const sweep = createSweeper(
    { ledger, producer, logger, metrics, stopping },
    { afterMs: 0, backlogWarnAfterMs: 300_000 },
  );
  return {
    sweep,
    logs,
    /** The value of a metric whose labels are these; 0 when it has never been counted. */
    async metric(name: string, labels: Record<string, string>): Promise<number> {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const lines = (await metrics.registry.metrics()).split("\n").filter((line) => line.startsWith(`${name}{`));
      const line = lines.find((candidate) => wanted.every((label) => candidate.includes(label)));
      return Number(line?.split(" ").at(-1) ?? 0);
    },
  };
}
