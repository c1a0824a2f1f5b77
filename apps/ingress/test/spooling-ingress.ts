import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deliveryIdOf } from "@receiver/ledger/inbox";
import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { runIngress } from "./running-ingress.ts";

export const approval = (seed: string) => bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(seed)));
export const soon = { timeout: 15_000, interval: 50 };

/** An ingress with a spool of its own. */
export async function runSpoolingIngress(env: Record<string, string> = {}) {
  const spoolDir = await mkdtemp(join(tmpdir(), "receiver-spool-"));
  const ingress = await runIngress({ SPOOL_DIR: spoolDir, ...env });
  const rowOf = (bytes: Uint8Array) => ingress.ledger.deliveries.get(deliveryIdOf(bytes));
  return {
    ...ingress,
    spoolDir,
    rowOf,
    rowsOf: async (bodies: readonly Uint8Array[]) =>
      (await Promise.all(bodies.map(rowOf))).filter((row) => row !== null),
    /** Once. The spool goes with it. */
    remove: async () => {
      await ingress.stop();
      await rm(spoolDir, { recursive: true, force: true });
    },
  };
}
export type SpoolingIngress = Awaited<ReturnType<typeof runSpoolingIngress>>;
