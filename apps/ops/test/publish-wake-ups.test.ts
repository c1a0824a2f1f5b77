import type { WakeUp } from "@receiver/ledger";
import { createLogger, ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { createPublishWakeUps } from "../src/publish-wake-ups.ts";

const wakeUps = Array.from({ length: 120 }, (_, index): WakeUp => {
  const data = { notificationId: `msg_${index}`, type: "client_file.approved", subscriberId: "one" };
  return { queue: "NOTIFICATION", id: `msg_${index}`, epoch: 0, data, dueAt: null };
});

function publisher(wake: (wakeUp: { id: string }) => Promise<void>) {
  const lines: string[] = [];
  const missed: number[] = [];
  const logger = createLogger({ app: "ops", level: "info", destination: { write: (line) => void lines.push(line) } });
  return {
    publish: createPublishWakeUps({ wake }, { logger, countMissed: (count) => missed.push(count) }),
    lines,
    missed,
  };
}

describe("publishing what a transaction asked for", () => {
  test("says nothing when all are published", async () => {
    const { publish, lines, missed } = publisher(async () => {});
    await publish(wakeUps);
    expect({ lines, missed }).toEqual({ lines: [], missed: [] });
  });

  test("logs and counts what was missed and doesn't reject, because the rows are committed and the sweeper heals", async () => {
    const { publish, lines, missed } = publisher(async () => {
      throw new ReceiverError("REDIS_UNAVAILABLE");
    });
    await publish(wakeUps);
    expect(missed).toEqual([120]);
    expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ event: "wake-ups-not-published", count: 120, failed: 120 });
  });
});
