/** A destination that keeps what a logger writes. */
export function captureLog() {
  const written: string[] = [];
  return {
    destination: { write: (line: string) => void written.push(line) },
    text: () => written.join(""),
    lines: (): Record<string, unknown>[] => written.map((line) => JSON.parse(line)),
    events: (): unknown[] => written.map((line) => JSON.parse(line).event),
  };
}
