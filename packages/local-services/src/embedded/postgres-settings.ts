import type { Mode } from "../found.ts";

const always = {
  max_connections: "200", // six apps with a pool each, or a test run with a few files at once
  log_error_verbosity: "terse", // leaves out the DETAIL line, which quotes rows
  log_min_error_statement: "panic", // and the statement, whose literals may be a person's
};

/**
 * A test's database lives as long as the test: nothing of it needs to reach the disk, or to be tidied or compiled for later. A
 * commit is written before it is answered all the same: tests crash this server, and count what is left.
 */
const forgetful = {
  fsync: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  autovacuum: "off",
  jit: "off",
};

/** The settings as arguments of `postgres`. In modes `start` and `bench` durability is Postgres's default, which is full. */
export function settingsFor(mode: Mode): string[] {
  const settings = mode === "test" ? { ...always, ...forgetful } : always;
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
