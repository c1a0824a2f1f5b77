import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogger, ReceiverError } from "../src/index.ts";
import type { LogFields } from "../src/logging/log-fields.ts";
import { captureLog } from "./captured-log.ts";

const MARKER = "PLANTED7f3a";
const deliveryId = "0123456789abcdef0123456789abcdef01234567";

function loggerInto(level: "debug" | "info" | "silent" = "debug") {
  const log = captureLog();
  return { log, logger: createLogger({ app: "ingress", level, destination: log.destination }) };
}

/** As a caller that the type checker did not see. */
const unchecked = (fields: unknown) => fields as LogFields;

describe("createLogger", () => {
  it("writes one JSON object per line: level, time, app, the event's name and the allowed fields", () => {
    const { log, logger } = loggerInto();
    logger.info({ event: "delivery-received", deliveryId, messageType: "ANALYSIS_RESULT", durationMs: 3 });
    expect(log.lines()).toEqual([
      {
        level: "info",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        app: "ingress",
        pid: process.pid,
        event: "delivery-received",
        deliveryId,
        messageType: "ANALYSIS_RESULT",
        durationMs: 3,
      },
    ]);
  });

  it("drops a field that the table does not name, because a list of forbidden ones is never complete", () => {
    const { log, logger } = loggerInto();
    logger.info({ event: "x", ...unchecked({ payload: { name: MARKER }, firstName: MARKER, [MARKER]: 1 }) });
    expect(log.text()).not.toContain(MARKER);
    expect(log.events()).toEqual(["x"]);
  });

  it("withholds a value that has not the form of its field, and shows that there was one", () => {
    const { log, logger } = loggerInto();
    logger.info({
      event: "x",
      ...unchecked({ deliveryId: { nested: MARKER }, reason: `${MARKER} is no word`, companyId: "awa@example.org" }),
    });
    expect(log.lines()[0]).toMatchObject({ deliveryId: "withheld", reason: "withheld", companyId: "withheld" });
  });

  it("leaves out null and undefined, so that a caller may pass what it does not know", () => {
    const { log, logger } = loggerInto();
    logger.info({ event: "x", companyId: null, messageType: undefined });
    expect(Object.keys(log.lines()[0] ?? {})).toEqual(["level", "time", "app", "pid", "event"]);
  });

  it("cuts a URL to its origin, because the path of a webhook is its token", () => {
    const { log, logger } = loggerInto();
    logger.info({ event: "x", url: `https://u:${MARKER}@host.example:8443/webhooks/${MARKER}?a=${MARKER}#${MARKER}` });
    expect(log.lines()[0]?.url).toBe("https://host.example:8443");
    expect(log.text()).not.toContain(MARKER);
  });

  it("tells an error by code, class, frames and answers, never by its words", () => {
    const { log, logger } = loggerInto();
    const cause = Object.assign(new RangeError(MARKER), { code: "ECONNREFUSED" });
    logger.error({ event: "x", err: new ReceiverError("DATABASE_UNAVAILABLE", { cause }) });
    expect(log.lines()[0]?.err).toEqual({
      code: "DATABASE_UNAVAILABLE",
      name: "RangeError",
      systemCode: "ECONNREFUSED",
      retryable: true,
      infrastructure: true,
      frames: expect.arrayContaining([expect.stringMatching(/create-logger\.test\.ts:\d+:\d+$/)]),
    });
  });

  it("keeps a child's fields on every line, and filters them too", () => {
    const { log, logger } = loggerInto();
    const child = logger.child({ queue: "ANALYSIS_RESULT", ...unchecked({ secret: MARKER }) }).child({ attempt: 2 });
    child.warn({ event: "x", attempt: 3 });
    expect(log.lines()[0]).toMatchObject({ queue: "ANALYSIS_RESULT", attempt: 3, level: "warn" });
    expect(log.text()).not.toContain(MARKER);
  });

  it("has no text but the event's name, and names no event after data", () => {
    const { log, logger } = loggerInto();
    logger.info({ event: `received ${MARKER}` });
    expect(log.events()).toEqual(["unnamed-event"]);
  });

  it("is quiet below its level", () => {
    const { log, logger } = loggerInto("info");
    logger.debug({ event: "x" });
    logger.info({ event: "y" });
    expect(log.events()).toEqual(["y"]);
  });

  it("lets no planted text through: unknown fields, nested values, errors, causes, odd values of known fields", () => {
    const { log, logger } = loggerInto();
    fc.assert(
      fc.property(plantedFields(), (fields) => {
        logger.error({ ...unchecked(fields), event: "x" });
        logger.child(unchecked(fields)).info({ event: "y" });
        expect(log.text()).not.toContain(MARKER);
      }),
    );
    expect(log.lines().length).toBeGreaterThan(100);
  });

  it("writes the line though a field can't be read, because a log must not break what it reports on", () => {
    const { log, logger } = loggerInto();
    const explode = () => {
      throw new Error(MARKER);
    };
    logger.info(Object.defineProperty({ event: "x" }, "code", { enumerable: true, get: explode }));
    logger.info({ event: "y", err: new Proxy({}, { get: explode, getPrototypeOf: explode }) });
    expect(log.lines()[0]).toMatchObject({ event: "x", code: "withheld" });
    expect(log.lines()[1]).toMatchObject({ event: "y", err: { code: "INTERNAL" } });
  });
});

/** Any fields, known and unknown, with the marker in each of them, at some depth. */
function plantedFields(): fc.Arbitrary<object> {
  const personal = fc.constantFrom(`Awa ${MARKER}`, `${MARKER}@example.org`, `+225 ${MARKER}`, `https://x/${MARKER}`);
  const error = fc
    .tuple(personal, personal)
    .map(([message, below]) => Object.assign(new Error(message, { cause: new Error(below) }), { detail: below }));
  const { planted } = fc.letrec<{ planted: unknown }>((tie) => ({
    planted: fc.oneof(
      { maxDepth: 3 },
      personal,
      error,
      fc.array(tie("planted"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("name", "url", "err", "toJSON", "message", MARKER), tie("planted"), { maxKeys: 3 }),
    ),
  }));
  const known = ["deliveryId", "code", "reason", "status", "version", "frames", "resources", "tokenNames", "dryRun"];
  const names = [
    ...known,
    "url",
    "err",
    "error",
    "payload",
    "msg",
    "time",
    "level",
    "app",
    "toJSON",
    "__proto__",
    MARKER,
  ];
  return fc.dictionary(fc.constantFrom(...names), planted, { minKeys: 1, maxKeys: 6 });
}
