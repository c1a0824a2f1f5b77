import type { DanayaApi } from "@receiver/danaya-api";
import type { GateRules, Ledger } from "@receiver/ledger";
import type { Logger, Metrics } from "@receiver/runtime";
import type { Tell } from "@receiver/worker";

/** What asking Danaya's API works with. */
export type AskTools = {
  ledger: Pick<Ledger, "lookUps">;
  api: Pick<DanayaApi, "lookUp">;
  tell: Tell;
  logger: Logger;
  metrics: Metrics;
  now(): Date;
  /** Ends a question early. */
  stopping: AbortSignal;
};

export type AskSettings = { gate: GateRules };
