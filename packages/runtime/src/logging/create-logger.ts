import { type DestinationStream, pino, type Logger as Sink } from "pino";
import type { LogLevel } from "../config/fields.ts";
import { allowedFields, type LogFields } from "./log-fields.ts";

/** `event` is the line's name: fixed in the code, lower case with hyphens (`delivery-received`). It is all the text there is. */
export type LogLine = LogFields & { event: string };

export type Logger = {
  debug(line: LogLine): void;
  info(line: LogLine): void;
  warn(line: LogLine): void;
  error(line: LogLine): void;
  fatal(line: LogLine): void;
  /** A logger whose every line bears these fields too. */
  child(fields: LogFields): Logger;
};

export type LoggerOptions = {
  app: string;
  level: LogLevel;
  /** Where lines go, one JSON object each; standard output, written synchronously, unless given. */
  destination?: DestinationStream;
};

const EVENT_NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Lines are JSON: level, time (ISO 8601), app, pid, event and the fields that the table in log-fields.ts allows. */
export function createLogger({ app, level, destination }: LoggerOptions): Logger {
  const sink: Sink = pino(
    {
      level,
      base: { app, pid: process.pid },
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ fd: process.stdout.fd, sync: true }),
  );
  return loggerWith(sink, {});
}

type Level = "debug" | "info" | "warn" | "error" | "fatal";

function loggerWith(sink: Sink, bound: Record<string, unknown>): Logger {
  const write = (level: Level) => (line: LogLine) => {
    if (!sink.isLevelEnabled(level)) return;
    const event = EVENT_NAME.test(line.event) ? line.event : "unnamed-event";
    sink[level]({ ...bound, ...allowedFields(line) }, event);
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    fatal: write("fatal"),
    child: (fields) => loggerWith(sink, { ...bound, ...allowedFields(fields) }),
  };
}
