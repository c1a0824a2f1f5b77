import { ReceiverError } from "@receiver/runtime";
import { describe, expect, it } from "vitest";
import { publishWakeUps, type WakeUp } from "../src/index.ts";

const wakeUps = Array.from({ length: 120 }, (_, index): WakeUp => {
  const data = { notificationId: `msg_${index}`, type: "client_file.approved", subscriberId: "one" };
  return { queue: "NOTIFICATION", id: `msg_${index}`, epoch: 0, data, dueAt: null };
});

describe("publishing what a transaction asked for", () => {
  it("publishes each once, in their order", async () => {
    const published: string[] = [];
    const missed = await publishWakeUps({ wake: async ({ id }) => void published.push(id) }, wakeUps);
    expect(published).toEqual(wakeUps.map(({ id }) => id));
    expect(missed).toEqual({ count: 0, failure: undefined });
  });

  it("gives up at the first batch when the backend is away, because the caller waits and the sweeper heals", async () => {
    let asked = 0;
    const wake = async () => {
      asked += 1;
      throw new ReceiverError("REDIS_UNAVAILABLE");
    };
    expect(await publishWakeUps({ wake }, wakeUps)).toMatchObject({
      count: 120,
      failure: { code: "REDIS_UNAVAILABLE" },
    });
    expect(asked).toBe(50);
  });

  it("goes on after one that can't be published, because the others can", async () => {
    const wake = async ({ id }: WakeUp) => {
      if (id === "msg_3") throw new ReceiverError("JOB_MALFORMED");
    };
    expect(await publishWakeUps({ wake }, wakeUps)).toMatchObject({ count: 1, failure: { code: "JOB_MALFORMED" } });
  });
});
