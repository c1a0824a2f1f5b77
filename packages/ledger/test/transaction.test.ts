import { ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { query } from "../src/transaction.ts";

const deadlock = () => Object.assign(new Error("deadlock detected"), { code: "40P01" });

/** Throws what it is given, one after another, and then answers. */
function work(...thrown: unknown[]) {
  const calls = { count: 0 };
  const run = async () => {
    calls.count += 1;
    if (thrown.length > 0) throw thrown.shift();
    return "done";
  };
  return { calls, run };
}

describe("a statement of its own", () => {
  test("is run again after a deadlock, because Postgres rolled it back", async () => {
    const { calls, run } = work(deadlock(), deadlock());
    await expect(query(run)).resolves.toBe("done");
    expect(calls.count).toBe(3);
  });

  test("gives up on a contention that doesn't end, because something else is wrong then", async () => {
    const { run } = work(...Array.from({ length: 50 }, deadlock));
    await expect(query(run)).rejects.toMatchObject({ code: "DATABASE_CONTENTION" });
  });

  test("is run once when anything else happens, because only a rolled back one has left nothing behind", async () => {
    for (const code of ["57014", "ECONNRESET", "23505"]) {
      const { calls, run } = work(Object.assign(new Error(), { code }));
      await expect(query(run)).rejects.toBeInstanceOf(ReceiverError);
      expect(calls.count).toBe(1);
    }
  });
});
