import { type ErrorCode, ReceiverError, toReceiverError } from "@receiver/runtime";

/** SQLSTATE classes and codes (the manual's appendix A) that say "Postgres can't right now", not "this delivery is wrong". */
const AWAY = [
  "08", // connection exception
  "28", // it refuses our user: a password that is being changed
  "3D", // it has no such database: one that is being restored
  "42501", // it refuses our role: a deployment forgot a grant
  "53", // insufficient resources: too many connections, disk full, out of memory
  "57", // operator intervention: shutdown, crash, not accepting connections yet
  "58", // system error outside Postgres: I/O
  "25006", // read-only: a standby, in mid-failover
  "25P03", // we stood still in a transaction for too long: this process was frozen
];
/** "cached plan must not change result type", and of a pooler that doesn't follow them, that a statement is not or already prepared. */
const STALE_PLAN = ["0A000", "26000", "42P05"];
/** What a server says of a statement of ours that breaks the protocol, and a pooler of all its own troubles, which end the connection. */
const PROTOCOL_VIOLATION = "08P01";
/** Safe to run again at once: Postgres rolled back and says so. A stale plan goes with its connection. */
const GAVE_WAY = ["40001" /* serialization failure */, "40P01" /* deadlock */, ...STALE_PLAN];
/**
 * Statement or lock time-out. Not "away", although it may come of an overloaded server: a delivery that takes too long
 * every time would then hold up all others for ever, since infrastructure errors cost no attempt.
 */
const TOOK_TOO_LONG = ["57014", "55P03"];
const SOCKET_CODES = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
];
/** Node's and OpenSSL's codes of a server that can't prove who it is, an expired certificate say: no delivery's fault either. */
const UNTRUSTED = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$)/;
const READ_TIMEOUT = "Query read timeout";
/** The driver reports these without a code; the texts are its own, see pg/lib/client.js and pg-pool/index.js. */
const DRIVER_MESSAGES = [
  READ_TIMEOUT,
  "Connection terminated",
  "The server does not support SSL connections",
  "timeout expired",
  "timeout exceeded when trying to connect",
  "Client has encountered a connection error",
  "Client was closed",
  "Cannot use a pool after calling end",
  "driver has already been destroyed", // kysely's, for the same
];

/** Postgres' and the driver's errors as ours: away, contended, or neither. Messages stay behind: they quote data. */
export function fromDatabase(thrown: unknown): ReceiverError {
  const code = errorCodeOf(thrown);
  return code === null ? toReceiverError(thrown) : new ReceiverError(code, { cause: thrown });
}

/** Whether the same may be run again at once. */
export function gaveWay(thrown: unknown): boolean {
  return GAVE_WAY.includes(codeOf(thrown));
}

/** The statement was prepared before a migration changed what it reads: on another connection it works. */
export function isStalePlan(thrown: unknown): boolean {
  return STALE_PLAN.includes(codeOf(thrown));
}

/** The driver waited for an answer in vain; the server may be running the statement still. */
export function isReadTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message === READ_TIMEOUT;
}

function errorCodeOf(thrown: unknown): ErrorCode | null {
  const code = codeOf(thrown);
  if (GAVE_WAY.includes(code) || TOOK_TOO_LONG.includes(code)) return "DATABASE_CONTENTION";
  return isAway(thrown) ? "DATABASE_UNAVAILABLE" : null;
}

function isAway(thrown: unknown): boolean {
  if (thrown instanceof AggregateError) return thrown.errors.some(isAway); // both address families refused
  const code = codeOf(thrown);
  if (SOCKET_CODES.includes(code) || UNTRUSTED.test(code)) return true;
  if (code === PROTOCOL_VIOLATION) return severityOf(thrown) === "FATAL";
  if (/^[0-9A-Z]{5}$/.test(code)) return AWAY.some((beginning) => code.startsWith(beginning));
  return thrown instanceof Error && DRIVER_MESSAGES.some((beginning) => thrown.message.startsWith(beginning));
}

const codeOf = (thrown: unknown): string => textIn(thrown, "code");
const severityOf = (thrown: unknown): string => textIn(thrown, "severity");

function textIn(thrown: unknown, field: "code" | "severity"): string {
  const value = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, field) : undefined;
  return typeof value === "string" ? value : "";
}
