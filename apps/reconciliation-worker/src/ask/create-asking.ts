import { toReceiverError } from "@receiver/runtime";
import { createAskOne } from "./ask-one.ts";
import type { AskSettings, AskTools } from "./ask-tools.ts";
import { gaugeLookUps } from "./gauge-look-ups.ts";

/** Questions under way at once. */
const AT_ONCE = 8;

/**
 * Asks Danaya's API about every file whose time has come, as fast as the gate lets it. Safe from several processes at once: each
 * question is one process' alone. Never rejects: what fails is logged, and its lease brings it back.
 */
export function createAsking(tools: AskTools, settings: AskSettings): () => Promise<void> {
  const { ledger, logger, now, stopping } = tools;
  const askOne = createAskOne(tools, settings);
  gaugeLookUps(tools);
  return async () => {
    try {
      for (;;) {
        const turns = await ledger.lookUps.take({ limit: AT_ONCE, gate: settings.gate, now: now() });
        if (turns.length === 0 || stopping.aborted) return;
        await Promise.all(turns.map(askOne));
      }
    } catch (thrown) {
      logger.warn({ event: "asking-failed", err: toReceiverError(thrown) });
    }
  };
}
