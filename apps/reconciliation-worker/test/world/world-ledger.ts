import { randomUUID } from "node:crypto";
import { classify } from "@receiver/contracts";
import { openLedger, type Rules } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";

/** The way in and the ledger of one played world, with two subscribers that want everything. */
export async function openWorldLedger(databaseUrl: string, rules: Rules) {
  const inbox = openInbox({ databaseUrl, applicationName: "world" });
  const ledger = openLedger({ databaseUrl, applicationName: "world", poolSize: AT_ONCE, rules });
  for (const audience of ["operations", "customer"] as const) {
    const url = `https://${audience}.example.org/`;
    const settings = { name: audience, kind: "http", url, types: ["*"], companies: null, audience } as const;
    await ledger.subscribers.create({ ...settings, types: ["*"] }, { actor: "world", now: new Date(0) });
  }
  return {
    ledger,
    /** Receives and applies a body, as ingress and worker do. */
    deliver: async (body: Uint8Array, now: Date): Promise<void> => {
      const found = classify(body);
      if (found.kind !== "message") throw new Error("a world sends messages only");
      const { type, companyId } = found.message;
      const id = deliveryIdOf(body);
      await inbox.receive({ id, body, type, companyId, receivedAt: now, receiptId: randomUUID(), problems: [] });
      await ledger.applyDelivery(id, now);
    },
    close: async (): Promise<void> => {
      await inbox.close();
      await ledger.close();
    },
  };
}
export type WorldLedger = Awaited<ReturnType<typeof openWorldLedger>>;

/** Deliveries and questions under way at once: what two cores take. */
export const AT_ONCE = 8;
