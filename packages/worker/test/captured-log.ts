import { createLogger } from "@receiver/runtime";

/** A logger whose lines can be read back, parsed. */
export function capturedLog() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ app: "test", level: "debug", destination }) };
}
