import { toReceiverError } from "../errors/to-receiver-error.ts";

/** Makes what may be logged of a value; undefined when it has not the form that the field allows. */
type Allow<T> = (value: unknown) => T | undefined;

const matching =
  (pattern: RegExp): Allow<string> =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? value : undefined;

/** Our ids and Danaya's: no space, no @, no colon, so neither a name, an address nor a URL. */
const id = matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
const companyId: Allow<string> = (value) =>
  typeof value === "number" && Number.isSafeInteger(value) ? String(value) : id(value);
const ids: Allow<string[]> = (value) =>
  Array.isArray(value) ? value.map(id).filter((entry) => entry !== undefined) : undefined;
/** A word of a closed set: ANALYSIS_RESULT, status-worker, SIGTERM, client_file.approved. */
const word = matching(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/);
const words: Allow<string[]> = (value) =>
  Array.isArray(value) ? value.map(word).filter((entry) => entry !== undefined) : undefined;
/** What contract drift names: a path of a message, or a word. No digits of the length of a number that is somebody's. */
const driftName = matching(/^(?!.*\d{4})(?:[A-Za-z0-9_$-]|\[\]|[.]|\((?:more|unprintable)\)){1,500}$/);
const number: Allow<number> = (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const flag: Allow<boolean> = (value) => (typeof value === "boolean" ? value : undefined);
const wordOrNumber: Allow<string | number> = (value) => number(value) ?? word(value);
const time: Allow<string> = (value) =>
  value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;

/** Scheme, host and port: a path may bear a token, a query an id, a user part a password. */
const origin: Allow<string> = (value) => {
  const url = typeof value === "string" || value instanceof URL ? URL.parse(String(value)) : null;
  return url?.host ? `${url.protocol}//${url.host}` : undefined;
};

const frame = matching(/^[\w@.:/+-]{1,300}:\d+:\d+$/);
const frames: Allow<string[]> = (value) =>
  Array.isArray(value) ? value.map(frame).filter((entry) => entry !== undefined) : undefined;

const error: Allow<object> = (value) => {
  const known = toReceiverError(value);
  return {
    code: known.code,
    name: known.origin?.name ?? known.name,
    systemCode: known.origin?.systemCode ?? undefined,
    retryable: known.retryable,
    infrastructure: known.infrastructure,
    frames: known.frames,
  };
};

/** THE table of what a log line may hold. A field without a row does not compile, and is dropped where types don't reach. */
const allowed = {
  deliveryId: id,
  clientFileId: id,
  notificationId: id,
  followUpId: id,
  subscriberId: id,
  requestId: id,
  jobId: id,
  /** What the configuration calls webhook tokens, never the tokens. */
  tokenNames: ids,
  /** Names of variables of the environment, never their values. */
  variables: words,
  /** Which of the checks of who may send. */
  check: word,
  companyId,
  queue: word,
  consumer: word,
  messageType: word,
  type: word,
  kind: word,
  disposition: word,
  state: word,
  status: wordOrNumber,
  code: word,
  /** All that one check found, where `code` is the one thing that failed. */
  codes: words,
  reason: word,
  signal: word,
  backend: word,
  resource: word,
  resources: words,
  method: word,
  version: wordOrNumber,
  attempt: number,
  attempts: number,
  epoch: number,
  count: number,
  failed: number,
  limit: number,
  bytes: number,
  port: number,
  durationMs: number,
  delayMs: number,
  graceMs: number,
  exitCode: number,
  dryRun: flag,
  /** Of what the contract doesn't know. */
  driftName,
  dueAt: time,
  url: origin,
  metricsUrl: origin,
  frames,
  err: error,
} as const satisfies Record<string, Allow<unknown>>;

type Given = {
  companyId: string | number | null;
  dueAt: Date | null;
  url: string | URL;
  metricsUrl: string | URL;
  codes: readonly string[];
  resources: readonly string[];
  tokenNames: readonly string[];
  variables: readonly string[];
  frames: readonly string[];
  err: unknown;
};

/** Fields of a log line. null and undefined are left out. Ids and words of another form than the table allows are `withheld`. */
export type LogFields = {
  [Field in keyof typeof allowed]?:
    | (Field extends keyof Given ? Given[Field] : ReturnType<(typeof allowed)[Field]> | null)
    | undefined;
};

const WITHHELD = "withheld";

/** A new object with the allowed fields in their allowed form: nothing of the given one is handed on. Never throws. */
export function allowedFields(given: object): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [field, allow] of Object.entries<Allow<unknown>>(allowed)) {
    const value = allowedValue(given, field, allow);
    if (value !== null) kept[field] = value;
  }
  return kept;
}

function allowedValue(given: object, field: string, allow: Allow<unknown>): unknown {
  try {
    if (!Object.hasOwn(given, field)) return null;
    const value: unknown = Reflect.get(given, field);
    return value === undefined || value === null ? null : (allow(value) ?? WITHHELD);
  } catch {
    return WITHHELD; // a getter or a proxy that throws
  }
}
