import { test } from "vitest";
import { describeWithRedis } from "../../src/index.ts";

// Run by a vitest of its own, on a machine that is said to have no Redis.
describeWithRedis("queues", () => {
  test("work", () => undefined);
});
