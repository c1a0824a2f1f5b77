import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { fields, toBlockList } from "../src/index.ts";

const read = <T>(field: z.ZodType<T>, text: string): T | "refused" => {
  const parsed = field.safeParse(text);
  return parsed.success ? parsed.data : "refused";
};

const token = "abcdefghijklmnopqrst_-"; // 22 characters

describe("fields", () => {
  it.each([
    ["0", 0],
    [" 3000 ", 3000],
    ["65535", 65_535],
    ["65536", "refused"],
    ["-1", "refused"],
    ["3e3", "refused"],
    ["0x10", "refused"],
    ["3000.5", "refused"],
  ])("reads the port %j as %j", (text, value) => expect(read(fields.port, text)).toBe(value));

  it.each([
    ["10y", 10, "refused"],
    ["180d", "refused", 180],
    ["0y", "refused", "refused"],
    ["10", "refused", "refused"],
    ["10000d", "refused", "refused"],
  ])("reads %j in years as %j and in days as %j, because the unit says which was meant", (text, years, days) => {
    expect([read(fields.years, text), read(fields.days, text)]).toEqual([years, days]);
  });

  it.each([
    ["A=2d, B=never", { A: 172_800_000, B: null }],
    ["B=90s", { B: 90_000 }],
    ["C=2d", "refused"],
    ["A", "refused"],
    ["A=2", "refused"],
    ["A=2d=3d", "refused"],
    ["A=1d,A=2d", "refused"],
  ])("reads durations by name in %j as %j", (text, value) => {
    expect(read(fields.durationsBy(["A", "B"]), text)).toEqual(value);
  });

  it("takes both names of the Postgres scheme and nothing else", () => {
    expect(read(fields.databaseUrl, "postgres://u:p@h:5432/d")).toBe("postgres://u:p@h:5432/d");
    expect(read(fields.databaseUrl, "postgresql://h/d")).toBe("postgresql://h/d");
    expect(read(fields.databaseUrl, "https://h/d")).toBe("refused");
    expect(read(fields.databaseUrl, "host=h dbname=d")).toBe("refused");
  });

  it("takes Redis with and without TLS", () => {
    expect(read(fields.redisUrl, "redis://h:6379")).toBe("redis://h:6379");
    expect(read(fields.redisUrl, "rediss://h")).toBe("rediss://h");
    expect(read(fields.redisUrl, "h:6379")).toBe("refused");
  });

  it("takes web addresses only where one is asked for", () => {
    expect(read(fields.httpUrl, "https://receiver.example.org/x")).toBe("https://receiver.example.org/x");
    expect(read(fields.httpUrl, "file:///etc/passwd")).toBe("refused");
  });

  it.each(["127.0.0.1", "::1", "0.0.0.0", "localhost", "db.internal"])("takes %s as a host", (host) =>
    expect(read(fields.host, host)).toBe(host),
  );

  it.each(["http://h", "h:80", "-h", "a b"])("refuses %j as a host", (host) =>
    expect(read(fields.host, host)).toBe("refused"),
  );

  it("makes networks that node:net can check addresses against", () => {
    const list = toBlockList(fields.cidrList.parse("10.0.0.0/8, 192.168.1.7, fd00::/8"));
    expect(list.check("10.200.3.4")).toBe(true);
    expect(list.check("192.168.1.7")).toBe(true);
    expect(list.check("192.168.1.8")).toBe(false);
    expect(list.check("fd12::1", "ipv6")).toBe(true);
    expect(list.check("2001:db8::1", "ipv6")).toBe(false);
  });

  it.each(["10.0.0.0/33", "10.0.0/8", "::/129", "example.org", "10.0.0.0/", "10.0.0.0/8/8", "fe80::1%eth0", ",", ""])(
    "refuses %j as a list of networks, because a typing error must not open or close one silently",
    (text) => expect(read(fields.cidrList, text)).toBe("refused"),
  );

  it("names plain tokens after their place, so that a log can say which of several was used", () => {
    expect(read(fields.tokenList, `${token}, new:${token}2`)).toEqual([
      { name: "token-1", token },
      { name: "new", token: `${token}2` },
    ]);
  });

  it("takes short tokens, because a first try needs none that is hard to guess", () => {
    expect(read(fields.tokenList, "tok-a,tok-b")).toEqual([
      { name: "token-1", token: "tok-a" },
      { name: "token-2", token: "tok-b" },
    ]);
  });

  it.each([
    ["a token of more characters than a path should have", "t".repeat(201)],
    ["a character that a URL would have to encode", `${token.slice(1)}/`],
    ["a name twice", `a:${token},a:${token}2`],
    ["a token twice", `a:${token},b:${token}`],
    ["a name that a plain token gets from its place", `${token},token-1:${token}2`],
    ["no token", ","],
  ])("refuses %s", (_why, text) => expect(read(fields.tokenList, text)).toBe("refused"));

  it.each([
    ["1500", 1_500],
    ["500ms", 500],
    ["10s", 10_000],
    ["5m", 300_000],
    ["24h", 86_400_000],
    ["597h", "refused"],
    ["1.5s", "refused"],
    ["10 s", "refused"],
    ["s", "refused"],
  ])("reads the duration %j as %j milliseconds", (text, value) => expect(read(fields.durationMs, text)).toBe(value));

  it.each([
    ["true", true],
    ["YES", true],
    ["1", true],
    ["on", true],
    ["false", false],
    ["no", false],
    ["0", false],
    ["off", false],
    ["maybe", "refused"],
  ])("reads the flag %j as %j", (text, value) => expect(read(fields.booleanFlag, text)).toBe(value));

  it("reads lists without empty entries, and refuses one that has no other", () => {
    expect(read(fields.nonEmptyList, "123, 456,")).toEqual(["123", "456"]);
    expect(read(fields.nonEmptyList, " , ")).toBe("refused");
  });

  it("reads a level in any case", () => {
    expect(read(fields.logLevel, "WARN")).toBe("warn");
    expect(read(fields.logLevel, "trace")).toBe("trace"); // what operators ask for when they want everything
    expect(read(fields.logLevel, "loud")).toBe("refused");
  });
});
