import { createLogger } from "@receiver/runtime";
import { describe, expect, it } from "vitest";
import { connectionLog } from "../src/connection-log.ts";

function logInto(unavailable: "REDIS_UNAVAILABLE" | "DATABASE_UNAVAILABLE") {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const log = connectionLog(createLogger({ app: "test", level: "info", destination }), unavailable);
  return { log, lines: (): Record<string, unknown>[] => written.map((line) => JSON.parse(line)) };
}

describe("the log of a connection", () => {
  it.each(["REDIS_UNAVAILABLE", "DATABASE_UNAVAILABLE"] as const)(
    "names what is away by its code, because INTERNAL sends an operator looking for a defect: %s",
    (unavailable) => {
      const { log, lines } = logInto(unavailable);
      log.failed(Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:6379"), { code: "ECONNREFUSED" }));
      expect(lines()).toMatchObject([
        {
          event: "queue-backend-failing",
          err: { code: unavailable, systemCode: "ECONNREFUSED", infrastructure: true },
        },
      ]);
      expect(JSON.stringify(lines())).not.toContain("10.0.0.7");
    },
  );

  it("tells of an outage once and of its end once, because drivers report every try", () => {
    const { log, lines } = logInto("REDIS_UNAVAILABLE");
    for (const _try of [1, 2, 3]) log.failed(new Error("away"));
    for (const _use of [1, 2]) log.recovered();
    log.failed(new Error("away again"));
    expect(lines().map(({ event }) => event)).toEqual([
      "queue-backend-failing",
      "queue-backend-recovered",
      "queue-backend-failing",
    ]);
  });
});
