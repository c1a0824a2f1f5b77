import { type Delivery, type Outcome, postDelivery, sendOnSchedule } from "@receiver/simulation";
import { findRunningIngress, knock, masked, NoIngress, webhookUrlFor } from "./simulate/find-ingress.ts";
import { parseOptions } from "./simulate/options.ts";
import { NothingToSend, planDeliveries } from "./simulate/plan-deliveries.ts";
import { showProgress } from "./simulate/show-progress.ts";
import { allTaken, summarise } from "./simulate/summarise.ts";

/** `npm run simulate`: plays Danaya against a running ingress. */
const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const say = (line: string) => void process.stdout.write(`${line}\n`);

const options = parseOptions(process.argv);
try {
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
  process.exitCode = allTaken(outcomes) ? 0 : 1;
  if (interrupted.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
} catch (error) {
  if (!(error instanceof NoIngress || error instanceof NothingToSend)) throw error;
  process.stderr.write(`simulate: ${error.message}\n`);
  process.exitCode = 1;
}
