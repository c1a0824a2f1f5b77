import { isIP } from "node:net";
import { cidrList } from "./cidr-list.ts";
import { keyList, keyListFile, publicKey } from "./key-list.ts";
import { entriesOf, textField } from "./text-field.ts";
import { tokenList } from "./token-list.ts";

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** setTimeout takes no more: a longer wait would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;
const millisecondsIn: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DAY_MS = 86_400_000;

const urlWith = (protocols: readonly string[]) => (text: string) =>
  protocols.includes(URL.parse(text)?.protocol ?? "") ? text : undefined;

/** Of anything that is a row with a time, not of a timer of a process. NaN for what is none. */
function longDurationOf(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return Number(amount) * (unit === "d" ? DAY_MS : (millisecondsIn[unit] ?? Number.NaN));
}

type Range = { min: number; max: number };

const wholeNumber = ({ min, max }: Range, example = min) =>
  textField({ rule: `must be a whole number from ${min} to ${max}`, fix: `Write for example ${example}` }, (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  });

/** One of a few words, in any case. */
const oneOf = <const W extends string>(words: readonly W[], example: W) =>
  textField({ rule: `must be one of ${words.join(", ")}`, fix: `Write for example ${example}` }, (text) =>
    words.find((word) => word === text.toLowerCase()),
  );

/** Of one unit alone, so that a slip of the pen (10d for 10y) is refused rather than obeyed. */
const countOf = (unit: string, name: string) =>
  textField({ rule: `must be a number of ${name} from 1 to 9999`, fix: `Write for example 10${unit}` }, (text) => {
    const count = new RegExp(`^(\\d{1,4})${unit}$`).exec(text)?.[1];
    return Number(count) > 0 ? Number(count) : undefined;
  });

/** Each name once at most: `NAME=2d,OTHER=never`. Null is never; a name that is left out is left out. */
const durationsBy = <const N extends string>(names: readonly N[]) =>
  textField(
    {
      rule: `must be comma-separated name=duration, each name once and one of ${names.join(", ")}, each duration a number with s, m, h or d, or never`,
      fix: `Write for example ${names.slice(0, 2).join("=1d,")}=never`,
    },
    (text) => {
      const pairs = entriesOf(text).map((entry) => {
        const [name = "", duration = "", ...rest] = entry.split("=").map((part) => part.trim());
        const ms = duration === "never" ? null : longDurationOf(rest.length === 0 ? duration : "");
        return [names.find((known) => known === name), ms] as const;
      });
      const isGiven = pairs.every(([name, ms]) => name !== undefined && !Number.isNaN(ms));
      const isOnce = new Set(pairs.map(([name]) => name)).size === pairs.length;
      return isGiven && isOnce ? (Object.fromEntries(pairs) as Partial<Record<N, number | null>>) : undefined;
    },
  );

/** Schemas of single variables: text in, value out. Add `.default(value)` or `.optional()`. */
export const fields = {
  databaseUrl: textField(
    {
      rule: "must be a Postgres URL",
      fix: "Write for example postgres://user:password@host:5432/database, with % codes for special characters",
    },
    urlWith(["postgres:", "postgresql:"]),
  ),
  redisUrl: textField(
    {
      rule: "must be a Redis URL",
      fix: "Write for example redis://host:6379, or with TLS rediss://host:6379?sslrootcert=/path/of/the/authority.pem",
    },
    urlWith(["redis:", "rediss:"]),
  ),
  httpUrl: textField(
    { rule: "must be an http or https URL", fix: "Write for example https://receiver.example.org" },
    urlWith(["http:", "https:"]),
  ),
  /** 0 asks the system for a free one. */
  port: wholeNumber({ min: 0, max: 65_535 }, 3_000),
  wholeNumber,
  host: textField(
    {
      rule: "must be an IP address or a host name",
      fix: "Write for example 127.0.0.1, or 0.0.0.0 for every interface",
    },
    (text) => (isIP(text) !== 0 || /^(?!-)[A-Za-z0-9.-]{1,253}$/.test(text) ? text : undefined),
  ),
  cidrList,
  tokenList,
  publicKey,
  keyList,
  keyListFile,
  oneOf,
  logLevel: oneOf(logLevels, "info"),
  /** A number alone is milliseconds. */
  durationMs: textField(
    {
      rule: "must be a duration up to 24 days: milliseconds, or a number with ms, s, m or h",
      fix: "Write for example 10s",
    },
    (text) => {
      const [, amount, unit = "ms"] = /^(\d{1,10})(ms|s|m|h)?$/.exec(text) ?? [];
      const value = Number(amount) * (millisecondsIn[unit] ?? 1);
      return value <= LONGEST_MS ? value : undefined;
    },
  ),
  /** Ascending. */
  durations: textField(
    {
      rule: "must be durations in ascending order, each a number with s, m, h or d",
      fix: "Write for example 2m,10m,12h,1d",
    },
    (text) => {
      const all = entriesOf(text).map(longDurationOf);
      const ascends = all.every((ms, index) => ms > (all[index - 1] ?? -1));
      return all.length > 0 && ascends ? all : undefined;
    },
  ),
  durationsBy,
  days: countOf("d", "days"),
  years: countOf("y", "years"),
  nonEmptyList: textField(
    { rule: "must be a comma-separated list with at least one entry", fix: "Write for example first,second" },
    (text) => {
      const entries = entriesOf(text);
      return entries.length > 0 ? entries : undefined;
    },
  ),
  booleanFlag: textField({ rule: "must be true or false", fix: "Write true or false" }, (text) => {
    if (/^(?:true|1|yes|on)$/i.test(text)) return true;
    return /^(?:false|0|no|off)$/i.test(text) ? false : undefined;
  }),
};
