import { setTimeout as wait } from "node:timers/promises";
import { type Asked, findRunningIngress, knock, NoIngress, webhookUrlFor } from "../find-ingress.ts";

const KNOCK_EVERY_MS = 1_000;

/**
 * The URL to post to, once somebody listens there: who is told the API's address at its start can only be started later.
 * Null when interrupted.
 */
export async function waitForIngress(
  asked: Asked,
  { say, interrupted }: { say: (line: string) => void; interrupted: AbortSignal },
): Promise<string | null> {
  for (let knocks = 0; !interrupted.aborted; knocks += 1) {
    const found = await findListening(asked);
    if ("webhookUrl" in found) return found.webhookUrl;
    if (knocks === 0) say(`waiting: ${found.reason}`);
    await wait(KNOCK_EVERY_MS, null, { signal: interrupted }).catch(() => undefined);
  }
  return null;
}

async function findListening(asked: Asked): Promise<{ webhookUrl: string } | { reason: string }> {
  try {
    const webhookUrl = webhookUrlFor(asked, process.env, findRunningIngress(process.env));
    await knock(webhookUrl);
    return { webhookUrl };
  } catch (error) {
    if (error instanceof NoIngress) return { reason: error.message };
    throw error;
  }
}
