import { createLogger, createMetrics, ReceiverError, readConfig } from "@receiver/runtime";
import { expect, test } from "vitest";
import { config } from "../src/config.ts";
import { createRetention } from "../src/retention/create-retention.ts";

const env = { DATABASE_URL: "postgres://h/d" };

test("is off unless somebody switches it on, because what it erases does not come back", () => {
  expect(readConfig(config, env).retention).toBeNull();
  const chosen = { RETENTION: "on", RETENTION_OPERATIONAL: "90d", RETENTION_EVIDENCE: "12y" };
  expect(readConfig(config, { ...env, ...chosen }).retention).toEqual({
    intervalMs: 3_600_000,
    policy: { operationalDays: 90, evidenceYears: 12 },
  });
});

test("logs a run that fails, and leaves the rest to the next one", async () => {
  const lines: string[] = [];
  const logger = createLogger({ app: "test", level: "info", destination: { write: (line) => void lines.push(line) } });
  const metrics = createMetrics({ app: "test" });
  const run = async () => Promise.reject(new ReceiverError("DATABASE_UNAVAILABLE"));
  const retention = { run, report: run };
  const policy = { operationalDays: 180, evidenceYears: 10 };
  const stopping = new AbortController().signal;
  await createRetention({ ledger: { retention }, logger, metrics, stopping }, policy)();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: "retention-failed", err: { code: "DATABASE_UNAVAILABLE" } },
  ]);
});
