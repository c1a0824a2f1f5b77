import { z } from "zod";

// ISO 8601 to the second or finer, with "T" or a space. Date.parse would take far more, and read a missing zone as local time.
const TIMESTAMP =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]{1,9}))?(Z|[+-][0-9]{2}:?[0-9]{2})?$/;

const FIRST_MS = Date.UTC(2000, 0, 1);
const END_MS = Date.UTC(3000, 0, 1);
const MINUTE_MS = 60_000;

const rule =
  "must be an existing date and time of the years 2000 to 2999, as in 2025-10-17T11:45:00Z or, in UTC, 2025-10-17 11:45:00";

/** Milliseconds since 1970, or null. Without a zone it is UTC: Abidjan is at UTC+0 all year. */
function parseTimestamp(value: string): number | null {
  const parts = TIMESTAMP.exec(value);
  if (parts === null) return null;
  const [, date, time, fraction = "", zone = "Z"] = parts;
  const offsetMs = readOffset(zone);
  const local = Date.parse(`${date}T${time}Z`);
  if (offsetMs === null || Number.isNaN(local)) return null;
  // Date.parse carries 30 February over into March: an existing date reads back as itself.
  if (!new Date(local).toISOString().startsWith(`${date}T${time}`)) return null;
  const ms = local + Number(fraction.slice(0, 3).padEnd(3, "0")) - offsetMs;
  return ms >= FIRST_MS && ms < END_MS ? ms : null;
}

function readOffset(zone: string): number | null {
  if (zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "");
  const hours = Number(digits.slice(0, 2));
  const minutes = Number(digits.slice(2));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

/** A date and time as Danaya sends it; its output is milliseconds since 1970. */
export const timestamp = z
  .string({ error: rule })
  .regex(TIMESTAMP, { error: rule })
  .transform((value, context) => {
    const ms = parseTimestamp(value);
    if (ms !== null) return ms;
    context.issues.push({ code: "custom", message: rule, input: value });
    return z.NEVER;
  });
