import type { Answer, DriftSighting, FileChange, Ledger, WakeUp } from "@receiver/ledger";
import type { WorkerJob } from "@receiver/queues";
import { ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { applyStoredDelivery, type DeliveryTools } from "../src/index.ts";
import { capturedLog } from "./captured-log.ts";

const change: FileChange = {
  clientFileId: "file-1",
  version: 2,
  changed: true,
  state: { before: "AWAITING_DECISION", after: "APPROVED" },
  flags: { before: [], after: [] },
  reversed: false,
};
const wakeUp: WakeUp = { queue: "NOTIFICATION", id: "msg_1", epoch: 0, data: {}, dueAt: null };

const sighting: DriftSighting = {
  kind: "field",
  messageType: "ANALYSIS_RESULT",
  name: "payload.fresh",
  deliveryId: "d".repeat(40),
  seenAt: new Date("2026-11-20T00:00:00Z"),
};

/** One delivery's job in a ledger where applying it has this outcome. */
function job(outcome: Answer<Ledger["applyDelivery"]>) {
  const { lines, logger } = capturedLog();
  const calls: unknown[] = [];
  const told: WakeUp[] = [];
  const counted: string[] = [];
  const noted: DriftSighting[] = [];
  const ledger: Partial<Ledger> = {
    applyDelivery: async () => outcome,
    recordDeliveryAttempt: async (...args) => void calls.push(["attempt", ...args]),
    recordDeliveryFailure: async (...args) => void calls.push(["failure", ...args]),
  };
  const tools: DeliveryTools = {
    ledger: ledger as Ledger,
    tell: async (wakeUps) => void told.push(...wakeUps),
    noteDrift: async (sighted) => void noted.push(...sighted),
    count: {
      settled: (_type, kind) => void counted.push(kind),
      reversed: () => void counted.push("reversed"),
      oddlyDated: (dated) => void counted.push(dated),
    },
  };
  const data = { deliveryId: "d".repeat(40), messageType: "ANALYSIS_RESULT", companyId: "1", receivedAt: "" } as const;
  const workerJob: WorkerJob<"ANALYSIS_RESULT"> = {
    id: data.deliveryId,
    epoch: 3,
    data,
    attempt: 1,
    attempts: 8,
    logger,
  };
  return { workerJob, tools, lines, calls, told, noted, counted };
}

describe("a stored delivery", () => {
  test("that was applied has its log line per file, and what it asked for is published", async () => {
    const { workerJob, tools, lines, told, noted, counted } = job({
      kind: "applied",
      dated: "usual",
      drift: [sighting],
      changes: [change],
      wakeUps: [wakeUp],
    });
    await applyStoredDelivery.process(workerJob, tools);
    expect(lines).toMatchObject([{ event: "delivery-applied", clientFileId: "file-1", version: 2, state: "APPROVED" }]);
    expect(told).toEqual([wakeUp]);
    expect(noted).toEqual([sighting]);
    expect(counted).toEqual(["applied"]);
  });

  test("that took a decision back is warned of and counted", async () => {
    const changes = [change, { ...change, clientFileId: "file-2", reversed: true }];
    const { workerJob, tools, lines, counted } = job({
      kind: "applied",
      dated: "usual",
      drift: [],
      changes,
      wakeUps: [],
    });
    await applyStoredDelivery.process(workerJob, tools);
    expect(lines.filter(({ level }) => level === "warn")).toMatchObject([
      { event: "decision-reversed", clientFileId: "file-2" },
    ]);
    expect(counted).toEqual(["applied", "reversed"]);
  });

  test.each(["future", "long-ago"] as const)(
    "that is dated %s is applied, warned of and counted, because a forged or belated one looks like this",
    async (dated) => {
      const { workerJob, tools, lines, told, counted } = job({
        kind: "applied",
        dated,
        drift: [],
        changes: [],
        wakeUps: [wakeUp],
      });
      await applyStoredDelivery.process(workerJob, tools);
      expect(lines).toMatchObject([{ level: "warn", event: "delivery-oddly-dated", kind: dated }]);
      expect(counted).toEqual(["applied", dated]);
      expect(told).toEqual([wakeUp]);
    },
  );

  test("that was applied before is left alone: the job is done", async () => {
    const { workerJob, tools, lines, told } = job({ kind: "already-applied" });
    await applyStoredDelivery.process(workerJob, tools);
    expect(lines).toMatchObject([{ level: "debug", event: "delivery-already-applied" }]);
    expect(told).toEqual([]);
  });

  test("that today's contract refuses is warned of without what it says, and the job is done", async () => {
    const problems = [{ path: "payload.id", message: "must be an id" }];
    const { workerJob, tools, lines } = job({ kind: "quarantined", problems });
    await applyStoredDelivery.process(workerJob, tools);
    expect(lines).toMatchObject([{ level: "warn", event: "delivery-quarantined", count: 1 }]);
    expect(JSON.stringify(lines)).not.toContain("payload.id");
  });

  test("that is not there fails its job for good", async () => {
    const { workerJob, tools } = job({ kind: "not-found" });
    const error = { code: "DELIVERY_NOT_FOUND", retryable: false };
    await expect(applyStoredDelivery.process(workerJob, tools)).rejects.toMatchObject(error);
  });

  test("bears its failures on its row: attempts as they come, and the end under the epoch of the job that met it", async () => {
    const { workerJob, tools, calls } = job({ kind: "already-applied" });
    const error = new ReceiverError("INTERNAL");
    const report = { code: "INTERNAL", frames: error.frames };
    await applyStoredDelivery.failedAttempt?.(workerJob, error, tools);
    await applyStoredDelivery.failedForGood(workerJob, error, tools);
    expect(calls).toEqual([
      ["attempt", workerJob.id, report],
      ["failure", workerJob.id, { ...report, epoch: 3, now: expect.any(Date) }],
    ]);
  });
});
