/**
 * The table of codes: every failure that leaves a processor, a row or a log line bears one of these.
 * `retryable`: trying the same again may succeed. `infrastructure`: not the job's fault, so it costs no attempt.
 */
export type ErrorRow = { retryable: boolean; infrastructure: boolean; meaning: string; fix: string };

export const errorCodes = {
  DATABASE_UNAVAILABLE: {
    retryable: true,
    infrastructure: true,
    meaning: "Postgres can't be reached or refuses connections",
    fix: "Look at Postgres, DATABASE_URL and its role's grants (npm run migrate -- --roles); work goes on by itself when it is back",
  },
  DATABASE_CONTENTION: {
    retryable: true,
    infrastructure: false,
    meaning:
      "Postgres ended the transaction in favour of another one (deadlock, serialization) or because it took too long",
    fix: "Nothing: it is tried again; if it lasts, look for long transactions",
  },
  REDIS_UNAVAILABLE: {
    retryable: true,
    infrastructure: true,
    meaning: "The queue's backend can't be reached or did not answer in time",
    fix: "Look at Redis and REDIS_URL; the sweeper publishes what was missed",
  },
  REDIS_MAY_EVICT: {
    retryable: true,
    infrastructure: true,
    meaning: "Redis is set to evict keys under memory pressure",
    fix: "Set maxmemory-policy to noeviction",
  },
  SPOOL_FULL: {
    retryable: true,
    infrastructure: true,
    meaning: "The spool on disk holds as much as it may",
    fix: "Bring Postgres back, so that it drains; raise SPOOL_MAX_BYTES where the disk has room",
  },
  SPOOL_UNAVAILABLE: {
    retryable: true,
    infrastructure: true,
    meaning: "The spool on disk can't be written to, or not in time",
    fix: "Look at the disk under SPOOL_DIR: its free space, its errors, its permissions",
  },
  SPOOL_NOT_DURABLE: {
    retryable: false,
    infrastructure: true,
    meaning: "SPOOL_DIR is on a file system that goes with the container or with the machine's memory",
    fix: "Mount a volume that outlives the container at SPOOL_DIR, or take the variable away",
  },
  SCHEMA_AHEAD: {
    retryable: false,
    infrastructure: true,
    meaning: "The database was migrated by a newer version than this one",
    fix: "Deploy the newer version, or restore the database that fits this one",
  },
  SCHEMA_BEHIND: {
    retryable: true,
    infrastructure: true,
    meaning: "The database lacks migrations that this version needs",
    fix: "Run the migrations of this version",
  },
  DELIVERY_NOT_FOUND: {
    retryable: false,
    infrastructure: false,
    meaning: "No stored delivery bears this id",
    fix: "Check that the queue and the database belong together",
  },
  NOTIFICATION_NOT_FOUND: {
    retryable: false,
    infrastructure: false,
    meaning: "No stored notification bears this id",
    fix: "Check that the queue and the database belong together",
  },
  FOLLOW_UP_NOT_FOUND: {
    retryable: false,
    infrastructure: false,
    meaning: "No stored follow-up bears this id",
    fix: "Check that the queue and the database belong together",
  },
  MASTER_KEY_MISSING: {
    retryable: true,
    infrastructure: true,
    meaning: "The body, or its data key, is sealed under a master key that this process does not have",
    fix: "Add that version to MASTER_KEYS: npm run keys -- status names the versions that are in use",
  },
  BODY_UNREADABLE: {
    retryable: false,
    infrastructure: false,
    meaning: "The sealed body, or its data key, was changed or belongs to another delivery or key",
    fix: "Restore the row and its data key from a backup of the same moment; find out who can write to the database",
  },
  BODY_ERASED: {
    retryable: false,
    infrastructure: false,
    meaning: "The key of the body was destroyed: its content is gone, on purpose",
    fix: "Nothing: what its event says is kept",
  },
  EVENT_FROM_NEWER_VERSION: {
    retryable: true,
    infrastructure: true,
    meaning: "The file has an event of a kind that only a newer version knows; without it the file would be misread",
    fix: "Finish the deployment: a process of the newer version applies what waits",
  },
  CONTRACT_BROKEN: {
    retryable: false,
    infrastructure: false,
    meaning: "The stored body does not follow the contract of its message type",
    fix: "Read the delivery's problems; replay it after the contract was widened",
  },
  JOB_MALFORMED: {
    retryable: false,
    infrastructure: false,
    meaning: "The job's data does not follow the schema of its queue",
    fix: "Look for producers of another version; the sweeper makes a new job from the row",
  },
  SUBSCRIBER_REFUSED: {
    retryable: true,
    infrastructure: false,
    meaning: "The subscriber answered with another status than 2xx",
    fix: "Ask the subscriber; the statuses are with the notification's attempts",
  },
  SUBSCRIBER_GONE: {
    retryable: false,
    infrastructure: false,
    meaning: "The subscriber answered 410: it wants no more notifications",
    fix: "Remove the subscriber or give it another URL",
  },
  SUBSCRIBER_UNREACHABLE: {
    retryable: true,
    infrastructure: false,
    meaning: "The subscriber's host can't be resolved, connected to or trusted",
    fix: "Check the subscriber's URL, its DNS and its certificate",
  },
  SUBSCRIBER_TIMEOUT: {
    retryable: true,
    infrastructure: false,
    meaning: "The subscriber did not answer in time",
    fix: "Ask the subscriber to answer first and work afterwards",
  },
  SUBSCRIBER_ADDRESS_FORBIDDEN: {
    retryable: false,
    infrastructure: false,
    meaning: "The subscriber's URL leads to an address that is not public",
    fix: "Correct the URL, or add the network to OUTGOING_ALLOW",
  },
  CHECK_TIMED_OUT: {
    retryable: true,
    infrastructure: true,
    meaning: "A readiness check gave no answer in time",
    fix: "Look at what the check is named after",
  },
  PORT_UNAVAILABLE: {
    retryable: false,
    infrastructure: true,
    meaning: "The process can't listen on the configured host and port",
    fix: "Free the port or configure another one",
  },
  STOPPING: {
    retryable: true,
    infrastructure: true,
    meaning: "The process is stopping and takes no more work",
    fix: "Nothing: another process, or the next start, takes it",
  },
  CONFIG_INVALID: {
    retryable: false,
    infrastructure: false,
    meaning: "The environment does not give a usable configuration",
    fix: "Read the list of problems on standard error",
  },
  INTERNAL: {
    retryable: true,
    infrastructure: false,
    meaning: "Something unforeseen: a defect, or a failure that nobody has named yet",
    fix: "Follow the frames in the log; name the failure with a code of its own",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCodes;
