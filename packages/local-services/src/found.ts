/**
 * `start`: data lives under `dataDir` and is kept. `test`: data lives in a temporary folder, is not durable, and is removed at `stop()`.
 * `bench`: in such a folder, too, and as durable as with `start`, because a commit is what is measured.
 */
export type Mode = "start" | "test" | "bench";

export type FindOptions = {
  env: NodeJS.ProcessEnv;
  mode: Mode;
  /** Where kept data goes; read in mode `start` only. */
  dataDir: string;
  /** Receives one sentence per decision or incident; never a password. */
  log(line: string): void;
};

export type FoundPostgres = {
  url: string;
  source: "DATABASE_URL" | "testcontainers" | "embedded";
  why: string;
  /** Ends the server if it is ours; harmless when repeated. */
  stop(): Promise<void>;
  /**
   * Ends the server without a checkpoint and starts it on the same data, which it recovers: what a crash does. Answers the
   * URL from then on, whose port may be another. A container is stopped and started. Does nothing where `source` is
   * `DATABASE_URL`.
   */
  restart(): Promise<string>;
};

export type FoundRedis = {
  source: "REDIS_URL" | "testcontainers" | "redis-server" | "valkey-server";
  url: string;
  why: string;
  stop(): Promise<void>;
  /**
   * Kills the server without notice and starts it on the same data: what a crash does. Answers the URL from then on,
   * whose port may be another. Does nothing where `source` is `REDIS_URL`.
   */
  restart(): Promise<string>;
};

/** The caller runs BullMQ on its Postgres backend. */
export type NoRedis = { source: "none"; url: null; why: string; stop(): Promise<void> };
