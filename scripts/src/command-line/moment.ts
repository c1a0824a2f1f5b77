import { InvalidArgumentError } from "commander";
import { z } from "zod";

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** Reads an argument of a command line. A day is its first moment in UTC. */
export function moment(text: string): Date {
  if (time.safeParse(text).success) return new Date(text);
  throw new InvalidArgumentError("Write a day or a time with zone, as in 2026-01-31 or 2026-01-31T08:30:00Z.");
}
