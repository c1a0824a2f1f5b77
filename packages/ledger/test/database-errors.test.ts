import { ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { fromDatabase, gaveWay, isReadTimeout } from "../src/database-errors.ts";

const coded = (code: string) => Object.assign(new Error(`Key (name)=(Awa) ${code}`), { code });

describe("Postgres is away, which is no delivery's fault", () => {
  test.each([
    ["08006", "connection failure"],
    ["28P01", "the password is being changed"],
    ["3D000", "the database is being restored"],
    ["53300", "too many connections"],
    ["53100", "disk full"],
    ["57P01", "an administrator ends the connection"],
    ["57P03", "it is starting up"],
    ["58030", "an I/O error"],
    ["25006", "a standby, in mid-failover"],
    ["25P03", "this process stood still in a transaction"],
    ["ECONNREFUSED", "nobody listens"],
    ["ECONNRESET", "the connection broke"],
    ["ENOTFOUND", "its name is unknown"],
    ["ETIMEDOUT", "the network lost it"],
  ])("%s: %s", (code) => {
    expect(fromDatabase(coded(code))).toMatchObject({ code: "DATABASE_UNAVAILABLE", infrastructure: true });
  });

  test.each([
    "Connection terminated unexpectedly",
    "Connection terminated due to connection timeout",
    "timeout exceeded when trying to connect",
    "timeout expired",
    "Query read timeout",
    "Client has encountered a connection error and is not queryable",
    "Client was closed and is not queryable",
    "Cannot use a pool after calling end on the pool",
    "driver has already been destroyed",
  ])("the driver says: %s", (message) => {
    expect(fromDatabase(new Error(message)).code).toBe("DATABASE_UNAVAILABLE");
  });

  test("a pooler's own words, which all bear one code", () => {
    const thrown = Object.assign(coded("08P01"), { severity: "FATAL" });
    expect(fromDatabase(thrown).code).toBe("DATABASE_UNAVAILABLE");
  });

  test("both address families of a host name refused", () => {
    expect(fromDatabase(new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")])).code).toBe(
      "DATABASE_UNAVAILABLE",
    );
  });
});

describe("Postgres ended one in favour of another", () => {
  test.each(["40001", "40P01"])("%s may be run again at once", (code) => {
    expect(fromDatabase(coded(code)).code).toBe("DATABASE_CONTENTION");
    expect(gaveWay(coded(code))).toBe(true);
  });

  test.each(["57014", "55P03"])(
    "%s costs an attempt, because a delivery that takes too long every time must not hold up all others",
    (code) => {
      expect(fromDatabase(coded(code))).toMatchObject({ code: "DATABASE_CONTENTION", infrastructure: false });
      expect(gaveWay(coded(code))).toBe(false);
    },
  );
});

describe("anything else is a defect", () => {
  test("a statement that breaks the protocol, with too many parameters say: it would be tried for ever, and hold up all others", () => {
    expect(fromDatabase(Object.assign(coded("08P01"), { severity: "ERROR" })).code).toBe("INTERNAL");
  });

  test.each([["23514"], ["22P05"], ["42P01"], ["54000"], ["0800"], ["080060"]])("%s", (code) => {
    expect(fromDatabase(coded(code)).code).toBe("INTERNAL");
  });

  test.each([
    [null],
    [undefined],
    ["Connection terminated"],
    [7],
    [{ code: 57 }],
    [new Error("lost: Query read timeout")],
  ])("%s", (thrown) => {
    expect(fromDatabase(thrown).code).toBe("INTERNAL");
  });
});

test("an error of ours stays as it is, because its code is more precise than what it came from", () => {
  const ours = new ReceiverError("SCHEMA_BEHIND", { cause: coded("57P01") });
  expect(fromDatabase(ours)).toBe(ours);
});

test("no word of the database's gets out, because it quotes rows", () => {
  const error = fromDatabase(coded("23505"));
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain("Awa");
});

test("only an answer that is overdue spoils a connection", () => {
  expect(isReadTimeout(new Error("Query read timeout"))).toBe(true);
  expect(isReadTimeout(coded("57014"))).toBe(false);
});
