import { queueNames, queues } from "@receiver/queues";
import { errorCodes } from "@receiver/runtime";

/** A table in a document that is decided by the code, between `<!-- marker -->` and `<!-- /marker -->`. */
export type GeneratedPart = { file: string; marker: string; lines: readonly string[] };

const row = (...cells: string[]): string => `| ${cells.join(" | ")} |`;
const seconds = (ms: number): string => `${ms / 1_000} s`;

export const generatedParts: readonly GeneratedPart[] = [
  {
    file: "ARCHITECTURE.md",
    marker: "queues",
    lines: [
      row("queue", "consumer", "attempts", "back-off, full jitter", "at once, per process"),
      row("---", "---", "---", "---", "---"),
      ...queueNames.map((name) => {
        const { consumer, attempts, backoff, concurrency } = queues[name];
        const delays = `from ${seconds(backoff.baseMs)}, at most ${seconds(backoff.capMs)}`;
        return row(`\`${name}\``, consumer, String(attempts), delays, String(concurrency));
      }),
    ],
  },
  {
    file: "docs/runbook.md",
    marker: "error-codes",
    lines: [
      row("code", "tried again", "meaning", "what to do"),
      row("---", "---", "---", "---"),
      ...Object.entries(errorCodes).map(([code, { retryable, infrastructure, meaning, fix }]) =>
        row(`\`${code}\``, retryable ? (infrastructure ? "yes, at no cost" : "yes") : "no", meaning, fix),
      ),
    ],
  },
];
