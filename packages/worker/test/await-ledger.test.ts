import { ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { awaitLedger } from "../src/await-ledger.ts";
import { capturedLog } from "./captured-log.ts";

const never = new AbortController().signal;

/** Answers with these codes in turn, then well. */
function ledgerThat(...codes: ConstructorParameters<typeof ReceiverError>[0][]) {
  let checks = 0;
  return {
    checks: () => checks,
    expectSchema: async () => {
      const code = codes[checks];
      checks += 1;
      if (code !== undefined) throw new ReceiverError(code);
    },
  };
}

describe("the wait for the ledger", () => {
  test("lasts until the database and its schema are there, and says each cause once", async () => {
    const ledger = ledgerThat("DATABASE_UNAVAILABLE", "DATABASE_UNAVAILABLE", "SCHEMA_BEHIND");
    const { lines, logger } = capturedLog();
    await awaitLedger(ledger, { logger, stopping: never });
    expect(ledger.checks()).toBe(4);
    expect(lines).toMatchObject([{ err: { code: "DATABASE_UNAVAILABLE" } }, { err: { code: "SCHEMA_BEHIND" } }]);
  });

  test("ends at once when the database is ahead, because waiting doesn't cure that", async () => {
    const { logger } = capturedLog();
    const wait = awaitLedger(ledgerThat("SCHEMA_AHEAD"), { logger, stopping: never });
    await expect(wait).rejects.toMatchObject({ code: "SCHEMA_AHEAD" });
  });

  test("ends with the process", async () => {
    const stop = new AbortController();
    const { logger } = capturedLog();
    const expectSchema = async () => {
      setImmediate(() => stop.abort());
      throw new ReceiverError("DATABASE_UNAVAILABLE");
    };
    await expect(awaitLedger({ expectSchema }, { logger, stopping: stop.signal })).rejects.toMatchObject({
      code: "STOPPING",
    });
  });
});
