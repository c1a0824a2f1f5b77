import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorCodes, ReceiverError, toReceiverError } from "../src/index.ts";

const MARKER = "PLANTED7f3a";
const here = import.meta.filename;

/** All that a log, a database row or a queue could take from an error. */
const everythingOf = (error: ReceiverError) =>
  [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.stack, error.message].join("\n");

describe("ReceiverError", () => {
  it.each(Object.entries(errorCodes))("%s has a meaning, a fix and an answer to 'retry?'", (code, row) => {
    expect(code).toMatch(/^[A-Z][A-Z_]+$/);
    expect(row.meaning.length).toBeGreaterThan(20);
    expect(row.fix.length).toBeGreaterThan(10);
    const { retryable, infrastructure, message } = new ReceiverError(code as keyof typeof errorCodes);
    expect({ retryable, infrastructure, message }).toEqual({
      retryable: row.retryable,
      infrastructure: row.infrastructure,
      message: `${code}: ${row.meaning}`,
    });
  });

  it("says where it was made, or where its cause was", () => {
    expect(new ReceiverError("INTERNAL").frames[0]).toMatch(
      /^packages\/runtime\/test\/receiver-error\.test\.ts:\d+:\d+$/,
    );
    const cause = new TypeError("x");
    expect(new ReceiverError("INTERNAL", { cause }).frames).toEqual(toReceiverError(cause).frames);
  });

  it("keeps the class and the system's code of what was thrown below, also from a cause of the cause", () => {
    const refused = Object.assign(new Error("connect 10.0.0.1"), { code: "ECONNREFUSED" });
    const wrapped = new TypeError("fetch failed", { cause: refused });
    expect(toReceiverError(wrapped).origin).toEqual({ name: "TypeError", systemCode: "ECONNREFUSED" });
  });

  it("keeps a wait that the other side asked for", () => {
    expect(new ReceiverError("SUBSCRIBER_REFUSED", { retryInMs: 30_000 }).retryInMs).toBe(30_000);
    expect(new ReceiverError("SUBSCRIBER_REFUSED").retryInMs).toBeNull();
  });

  it("keeps the origin when one of ours is the cause of another", () => {
    const first = new ReceiverError("DATABASE_UNAVAILABLE", { cause: new RangeError("x") });
    const second = new ReceiverError("INTERNAL", { cause: first });
    expect(second.origin).toEqual({ name: "RangeError", systemCode: null });
    expect(second.frames).toEqual(first.frames);
  });
});

describe("toReceiverError", () => {
  it("hands one of ours back as it is", () => {
    const error = new ReceiverError("DATABASE_CONTENTION");
    expect(toReceiverError(error)).toBe(error);
  });

  it("takes the unknown as INTERNAL and retryable, because a defect may be deployed away", () => {
    expect(toReceiverError("oops")).toMatchObject({ code: "INTERNAL", retryable: true, infrastructure: false });
  });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a proxy that throws at everything", new Proxy({}, { get: explode, getPrototypeOf: explode, has: explode })],
    ["an error whose stack is a getter that throws", Object.defineProperty(new Error("x"), "stack", { get: explode })],
    [
      "an error whose message is a getter that throws",
      Object.defineProperty(new Error("x"), "message", { get: explode }),
    ],
    ["an error whose stack is no text", Object.assign(new Error("x"), { stack: 7 })],
    ["an error that is its own cause", selfCaused()],
  ])("never throws: %s", (_what, thrown) => expect(toReceiverError(thrown).code).toBe("INTERNAL"));

  it("takes no frames from a message, though it holds lines like frames that name real files", () => {
    const fake = `x\n    at ${MARKER} (${here}:70707:1)\n    at ${MARKER} (${here}:70707:2)`;
    const { frames } = toReceiverError(new Error(fake));
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.join()).not.toContain("70707");
  });

  it("keeps nothing but known locations from a stack whose message was changed after it had been written", () => {
    const error = new Error(
      `x\n    at ${MARKER} (${here}:7:1)\n    at f (/${MARKER}/a.ts:1:1)\n    at node:${MARKER}:1:1`,
    );
    expect(error.stack).toContain(MARKER);
    error.message = "x";
    const known = toReceiverError(error);
    expect(known.frames).toContain("packages/runtime/test/receiver-error.test.ts:7:1");
    expect(everythingOf(known)).not.toContain(MARKER);
  });

  it("names files by their place in the project, because the folders above may bear a person's name", () => {
    const error = new Error("x");
    error.stack = `Error: x\n    at f (file://${here}:1:2)\n    at g (${join(process.execPath)}:3:4)\n    at node:fs:5:6\n    at h (<anonymous>)`;
    const [own, foreign, node, ...more] = toReceiverError(error).frames;
    expect(own).toBe("packages/runtime/test/receiver-error.test.ts:1:2");
    expect(foreign).not.toMatch(/^\//);
    expect(node).toBe("node:fs:5:6");
    expect(more).toEqual([]);
  });

  it("lets no planted text through, wherever in an error it stands", () => {
    fc.assert(
      fc.property(plantedError(), (thrown) => {
        expect(everythingOf(toReceiverError(thrown))).not.toContain(MARKER);
      }),
    );
  });
});

function explode(): never {
  throw new Error(MARKER);
}

function selfCaused(): Error {
  const error = new Error("x");
  error.cause = error;
  return error;
}

/** Errors with the marker in message, name, code, cause, own properties, a rewritten stack or fake frames. */
function plantedError(): fc.Arbitrary<unknown> {
  const text = fc.constantFrom(
    MARKER,
    `a ${MARKER}`,
    `x\n    at ${MARKER} (${here}:1:1)`,
    `x\n    at f (/${MARKER}.ts:1:1)\n`,
    `\n    at async ${MARKER} (file://${here}/../${MARKER}:1:1)`,
    `    at node:${MARKER}:1:1`,
    `\n    at ${here}?${MARKER}:1:1`,
  );
  const changes = fc.record({ name: text, code: text, stack: text, message: text, detail: text }, { requiredKeys: [] });
  const classes = fc.constantFrom(Error, TypeError, SyntaxError, class Custom extends Error {});
  return fc.letrec<{ thrown: unknown }>((tie) => ({
    thrown: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.record({ message: text, stack: text, code: text }),
      fc
        .tuple(classes, text, fc.option(tie("thrown")), changes, fc.boolean())
        .map(([Class, message, cause, change, written]) => {
          const error = new Class(message, { cause });
          if (written) void error.stack;
          return Object.assign(error, change);
        }),
      fc.tuple(text, tie("thrown")).map(([message, inner]) => new AggregateError([inner], message)),
    ),
  })).thrown;
}
