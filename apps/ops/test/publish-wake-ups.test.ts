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
  test("publishes each once and says nothing", async () => {
    const published: string[] = [];
    const { publish, lines } = publisher(async ({ id }) => void published.push(id));
    await publish(wakeUps);
    expect(published).toEqual(wakeUps.map(({ id }) => id));
    expect(lines).toEqual([]);
  });

  test("gives up at the first batch when the backend is away, because the caller waits and the sweeper heals", async () => {
    let asked = 0;
    const { publish, lines, missed } = publisher(async () => {
      asked += 1;
      throw new ReceiverError("REDIS_UNAVAILABLE");
    });
    await publish(wakeUps);
    expect(asked).toBe(50);
    expect(missed).toEqual([120]);
    expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ event: "wake-ups-not-published", count: 120, failed: 120 });
  });

  test("goes on after one that can't be published, because the others can", async () => {
    const { publish, missed } = publisher(async ({ id }) => {
      if (id === "msg_3") throw new ReceiverError("JOB_MALFORMED");
    });
    await publish(wakeUps);
    expect(missed).toEqual([1]);
  });
});
