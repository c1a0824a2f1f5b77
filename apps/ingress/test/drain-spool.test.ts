import { createLogger, createMetrics } from "@receiver/runtime";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Spool } from "../src/spool/open-spool.ts";
import { createDrainer } from "../src/storage/drain-spool.ts";
import { createModeSwitch, type StorageMode } from "../src/storage/storage-mode.ts";
import { captureLog } from "./ingress-under-test.ts";

const never = new Promise<never>(() => undefined);

function startDrainer({ mode, spool, check }: { mode: StorageMode; spool: Partial<Spool>; check(): Promise<void> }) {
  const log = captureLog();
  const logger = createLogger({ app: "test", level: "debug", destination: log.destination });
  const modes = createModeSwitch(logger, createMetrics({ app: "test" }));
  modes.enter(mode);
  const usual = { adopt: async () => ({ count: 0, failed: [] }), retryRefused: async () => {}, bytes: () => 1 };
  const drainer = createDrainer({
    spool: { ...usual, isEmpty: () => false, ...spool } as Spool,
    check,
    storeSpooled: async () => {},
    mode: modes,
    seal: null,
    allowedCompanyIds: null,
    count: () => {},
    logger,
  });
  drainer.start();
  return { modes, log, drainer };
}

test("who refuses stores again as soon as Postgres is there, because the disk may be what fails or hangs", async () => {
  const { modes } = startDrainer({ mode: "refusing", spool: { drain: () => never }, check: async () => {} });
  await vi.waitFor(() => expect(modes.current()).toBe("storing"), { timeout: 5_000 });
});

test("who refuses goes on refusing while Postgres is away", async () => {
  const check = vi.fn(() => Promise.reject(new Error("away")));
  const { modes, drainer } = startDrainer({ mode: "refusing", spool: {}, check });
  onTestFinished(() => drainer.stop());
  await vi.waitFor(() => expect(check.mock.calls.length).toBeGreaterThan(2), { timeout: 5_000 });
  expect(modes.current()).toBe("refusing");
});

test("a folder that can't be taken over is told of and keeps nothing from being drained", async () => {
  const drain = vi.fn(async () => {});
  const failed = [Object.assign(new Error("not ours"), { code: "EACCES" })];
  const adopt = async () => ({ count: 0, failed });
  const { log, drainer } = startDrainer({ mode: "storing", spool: { adopt, drain }, check: async () => {} });
  onTestFinished(() => drainer.stop());
  await vi.waitFor(() => expect(drain).toHaveBeenCalled(), { timeout: 5_000 });
  await vi.waitFor(
    () => expect(log.events("spool-not-taken-over")).toMatchObject([{ err: { code: "SPOOL_UNAVAILABLE" } }]),
    {
      timeout: 5_000,
    },
  );
});
