import { toReceiverError } from "@receiver/runtime";
import { createAskOne } from "./ask-one.ts";
import type { AskSettings, AskTools } from "./ask-tools.ts";
import { gaugeLookUps } from "./gauge-look-ups.ts";

/** Questions under way at once, each in a lane of its own: an answer that takes its fifteen seconds keeps no other question waiting. */
export const LANES = 8;

/**
 * Asks Danaya's API about every file whose time has come, one after the other, as fast as the gate lets it: a lane. Safe from several
 * lanes and processes at once: each question is one's alone. Never rejects: what fails is logged, and its lease brings it back.
 */
export function createAsking(tools: AskTools, settings: AskSettings): () => Promise<void> {
  const { ledger, logger, now, stopping } = tools;
  const askOne = createAskOne(tools, settings);
  gaugeLookUps(tools);
  return async () => {
    try {
      for (;;) {
        const [turn] = await ledger.lookUps.take({ limit: 1, gate: settings.gate, now: now() });
        if (turn === undefined || stopping.aborted) return;
        await askOne(turn);
      }
    } catch (thrown) {
      logger.warn({ event: "asking-failed", err: toReceiverError(thrown) });
    }
  };
}
