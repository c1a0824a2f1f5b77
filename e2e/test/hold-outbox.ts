import { Client } from "pg";
import { vi } from "vitest";

export type HeldOutbox = {
  /** Resolves when so many jobs of this application stand before the outbox, each in the middle of its transaction. */
  untilWaitedFor(applicationName: string, jobs: number): Promise<void>;
  release(): Promise<void>;
  /** Lets go of what a failed test still holds. */
  [Symbol.asyncDispose](): Promise<void>;
};

const WAITING = `select from pg_locks join pg_stat_activity using (pid)
  where relation = 'notifications'::regclass and not granted and application_name = $1`;

/**
 * Lets nobody write a notification. A delivery's transaction stops there with its event, its file and its transitions
 * written, and only its own row still to be marked.
 *
 * @param databaseUrl the server itself: what holds must not go away with the proxy.
 */
export async function holdOutbox(databaseUrl: string): Promise<HeldOutbox> {
  const client = new Client(databaseUrl);
  await client.connect();
  await client.query("begin");
  await client.query("lock table notifications in exclusive mode");
  let held = true;
  const release = async () => {
    if (!held) return;
    held = false;
    await client.query("rollback");
    await client.end();
  };
  return {
    async untilWaitedFor(applicationName, jobs) {
      const ask = async () => {
        await client.query("select pg_stat_clear_snapshot()"); // a transaction keeps its first view of who is connected
        const { rowCount } = await client.query(WAITING, [applicationName]);
        if (rowCount !== jobs)
          throw new Error(`${rowCount} of ${jobs} jobs of ${applicationName} stand before the outbox`);
      };
      await vi.waitFor(ask, { timeout: 20_000, interval: 20 });
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
