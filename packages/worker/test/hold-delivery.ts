import { Client } from "pg";
import { vi } from "vitest";

export type HeldDelivery = {
  /** Resolves when a process of this application waits for the row, everything else of its transaction done. */
  untilWaitedFor(applicationName: string): Promise<void>;
  release(): Promise<void>;
};

/** Locks a delivery's row, so that whoever applies it stops before its last statement. */
export async function holdDelivery(databaseUrl: string, id: string): Promise<HeldDelivery> {
  const client = new Client(databaseUrl);
  await client.connect();
  await client.query("begin");
  await client.query("select from deliveries where id = $1 for update", [id]);
  return {
    async untilWaitedFor(applicationName) {
      const waiting = "select from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'";
      await vi.waitFor(
        async () => {
          await client.query("select pg_stat_clear_snapshot()"); // a transaction goes on seeing what it saw first
          const { rowCount } = await client.query(waiting, [applicationName]);
          if (rowCount === 0) throw new Error(`no ${applicationName} waits for the delivery`);
        },
        { timeout: 20_000, interval: 20 },
      );
    },
    async release() {
      await client.query("rollback");
      await client.end();
    },
  };
}
