import { deliveryTypes } from "@receiver/contracts";
import { describe, expect, it } from "vitest";
import { queueNames, queues } from "../src/index.ts";
import { parseJobData } from "../src/job-data.ts";
import { redisPrefix } from "../src/redis-prefix.ts";

const delivery = {
  deliveryId: "4f0c",
  messageType: "ANALYSIS_RESULT",
  companyId: "123",
  receivedAt: "2026-01-05T08:00:00.000Z",
};

describe("the table of queues", () => {
  it("has a queue for each delivery type, follow-ups and notifications, and no other", () => {
    expect(new Set(queueNames)).toEqual(new Set([...deliveryTypes, "RETRY_FOLLOW_UP", "NOTIFICATION"]));
  });

  it("names queues as BullMQ allows it and job ids apart by what they stand for", () => {
    for (const name of queueNames) expect(name).toMatch(/^[A-Z_]+$/);
    expect(deliveryTypes.map((type) => queues[type].idPrefix)).toEqual(deliveryTypes.map(() => "d"));
  });

  it("gives every queue a hash tag of its own, because Redis Cluster wants a script's keys in one slot", () => {
    const tags = queueNames.map((name) => /^\{([^}]+)\}$/.exec(redisPrefix(name))?.[1]);
    expect(new Set(tags).size).toBe(queueNames.length);
    expect(tags).not.toContain(undefined);
  });

  it("bounds what is kept of finished jobs by age and by number, because Redis is not the record", () => {
    for (const name of queueNames) {
      const { completed, failed } = queues[name].keep;
      for (const bound of [completed.ageSeconds, completed.count, failed.ageSeconds, failed.count]) {
        expect(bound).toBeGreaterThan(0);
      }
    }
  });
});

describe("a job's data", () => {
  it("loses what its schema doesn't name, so that nothing personal gets into a queue by the way", () => {
    expect(parseJobData("ANALYSIS_RESULT", { ...delivery, fullName: "Awa Koné" })).toEqual(delivery);
  });

  it.each([
    null,
    "text",
    {},
    { ...delivery, messageType: "SOMETHING_NEW" },
    { ...delivery, deliveryId: "" },
    { ...delivery, receivedAt: "yesterday" },
  ])("is refused when it breaks its schema: %j", (data) => {
    expect(parseJobData("ANALYSIS_RESULT", data)).toBeNull();
  });
});
