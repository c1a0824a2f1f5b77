import type { TestLedger } from "../../../packages/ledger/test/open-test-ledger.ts";

/** Where the backend's connection ends: when it has got so far as to write there, or in the middle of its commit. */
export const killPlaces = [
  "events",
  "client_files",
  "transitions",
  "follow_ups",
  "notifications",
  "deliveries",
  "commit",
] as const;
export type KillPlace = (typeof killPlaces)[number];

/**
 * Lets a test end the connection of whoever gets to a place in its transaction: by Postgres itself, which is left to roll back. A
 * transaction that doesn't pass the place goes through.
 */
export async function killInTransaction({ rows }: Pick<TestLedger, "rows">) {
  await rows("create table kills (place text)");
  await rows(`create function kill_here() returns trigger language plpgsql as $$
    begin
      if exists (select from kills where place = tg_argv[0]) then
        perform pg_terminate_backend(pg_backend_pid());
        perform pg_sleep(10); -- where the signal is heeded
      end if;
      return null;
    end $$`);
  for (const place of killPlaces.filter((name) => name !== "commit")) {
    await rows(`create trigger kill_here after insert or update on ${place} execute function kill_here('${place}')`);
  }
  await rows(`create constraint trigger kill_at_commit after update on deliveries deferrable initially deferred
    for each row execute function kill_here('commit')`);

  return async (place: KillPlace, work: () => Promise<void>): Promise<void> => {
    await rows("insert into kills values ($1)", [place]);
    await work().finally(() => rows("delete from kills"));
  };
}
