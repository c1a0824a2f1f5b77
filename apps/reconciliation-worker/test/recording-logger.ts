import type { Logger, LogLine } from "@receiver/runtime";

const levels = ["debug", "info", "warn", "error", "fatal"] as const;

/** A logger whose lines a test reads. */
export function recordingLogger() {
  const lines: (LogLine & { level: string })[] = [];
  const logger: Logger = {
    ...(Object.fromEntries(
      levels.map((level) => [level, (line: LogLine) => void lines.push({ level, ...line })]),
    ) as Pick<Logger, (typeof levels)[number]>),
    child: () => logger,
  };
  return { logger, lines: () => lines };
}
