import type { RetentionPolicy } from "../retention/policy.ts";
import { reportRetention } from "../retention/report-retention.ts";
import { type RetentionOrder, runRetention } from "../retention/run-retention.ts";
import { type LedgerDatabase, query } from "../transaction.ts";
import { eraseDelivery } from "./erase-delivery.ts";
import { eraseFile, type Operator } from "./erase-file.ts";
import { closeRelationship, holdFile, liftHold } from "./say-of-file.ts";

/** All that ends the keeping of something, or forbids it. */
export function openErasure(db: LedgerDatabase) {
  return {
    erasure: {
      eraseFile: (id: string, by: Operator) => eraseFile(db, id, by),
      eraseDelivery: (id: string, by: Operator) => eraseDelivery(db, id, by),
      hold: (id: string, by: Operator) => holdFile(db, id, by),
      liftHold: (id: string, by: Operator) => liftHold(db, id, by),
      closeRelationship: (id: string, by: Parameters<typeof closeRelationship>[2]) => closeRelationship(db, id, by),
    },
    retention: {
      report: (now: Date, policy: RetentionPolicy) => query(() => reportRetention(db, now, policy)),
      run: (order: RetentionOrder) => runRetention(db, order),
    },
  };
}
