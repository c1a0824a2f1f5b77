import { publishWakeUps } from "@receiver/queues";
import type { SweepTools } from "./sweep-tools.ts";

/** Deliveries told of in one transaction: a flood of them must not hold its locks for long. The next sweep goes on. */
const DELIVERIES_PER_SWEEP = 200;

/** Tells subscribers of deliveries that the ingress put aside. What can't be published now is swept as a notification. */
export async function announceQuarantined({ ledger, producer, logger }: SweepTools): Promise<void> {
  const wakeUps = await ledger.sweep.announceQuarantined(new Date(), DELIVERIES_PER_SWEEP);
  if (wakeUps.length === 0) return;
  logger.info({ event: "quarantine-announced", count: wakeUps.length });
  const missed = await publishWakeUps(producer, wakeUps);
  if (missed.count > 0) throw missed.failure;
}
