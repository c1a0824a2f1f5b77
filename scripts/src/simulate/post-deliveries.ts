import { type Delivery, type Outcome, postDelivery, sendOnSchedule } from "@receiver/simulation";
import { findRunningIngress, knock, masked, webhookUrlFor } from "./find-ingress.ts";
import type { Options } from "./options.ts";
import { planDeliveries } from "./plan-deliveries.ts";
import { showProgress } from "./show-progress.ts";
import { allTaken, summarise } from "./summarise.ts";

const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C

/**
 * Posts what the options ask for, and tells what was answered. Resolves with the exit code.
 * @throws NoIngress, NothingToSend
 */
export async function postDeliveries(options: Options, say: (line: string) => void): Promise<number> {
  const plan = planDeliveries(options, new Date());
  const webhookUrl = webhookUrlFor(options, process.env, findRunningIngress(process.env));
  await knock(webhookUrl);

  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort()); // a second one ends the process at once
  say(`posting ${plan.deliveries.length} deliveries to ${masked(webhookUrl)}`);
  if (plan.note !== null) say(plan.note);

  const outcomes: Outcome[] = [];
  const progress = showProgress(plan.deliveries.length, say);
  const startedAt = performance.now();
  const send = async (delivery: Delivery) => {
    const outcome = await postDelivery(webhookUrl, delivery);
    outcomes.push(outcome);
    progress.answered(delivery, outcome);
  };
  await sendOnSchedule(plan.deliveries, send, { ...plan, signal: interrupted.signal });
  progress.stop();

  say(`\n${summarise({ planned: plan.deliveries.length, elapsedMs: performance.now() - startedAt, outcomes })}`);
  if (interrupted.signal.aborted) return EXIT_INTERRUPTED;
  return allTaken(outcomes) ? 0 : 1;
}
