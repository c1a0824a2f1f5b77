import type { AskTools } from "./ask-tools.ts";

/** How far behind the questions are: a gate that is closed shows here first. */
export function gaugeLookUps({ ledger, metrics, now }: Pick<AskTools, "ledger" | "metrics" | "now">): void {
  metrics.gauge(
    {
      name: "receiver_look_ups_late_seconds",
      help: "How long the oldest question to Danaya's API that is due has waited; 0 when none is",
      labels: [],
    },
    async () => {
      const nextAt = (await ledger.lookUps.nextAt()) ?? now();
      return [{ labels: {}, value: Math.max(0, now().getTime() - nextAt.getTime()) / 1_000 }];
    },
  );
}
