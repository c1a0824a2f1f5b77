import { type Ledger, openLedger, rulesEnvironment, rulesIn } from "@receiver/ledger";
import { chooseBackend, createProducer } from "@receiver/queues";
import { ConfigError, createLogger, readConfig } from "@receiver/runtime";
import { describeForetold, describeSent } from "./replay/describe.ts";
import { CantReplay, type FoundPipeline, findPipeline, toldPlainly } from "./replay/find-pipeline.ts";
import { foretell } from "./replay/foretell.ts";
import { parseReplayOptions, type ReplayOptions } from "./replay/options.ts";
import { sendAgain } from "./replay/send-again.ts";

/** `npm run replay`: redrives failed deliveries and replays quarantined ones, on the ledger and the queues themselves. */
const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayAside = (line: string) => void process.stderr.write(`${line}\n`);

const options = parseReplayOptions(process.argv);
try {
  const pipeline = findPipeline(process.env);
  (options.json ? sayAside : say)(`on ${pipeline.description}`);
  process.exitCode = await replayOn(pipeline, options);
} catch (thrown) {
  if (!(thrown instanceof CantReplay || thrown instanceof ConfigError)) throw thrown;
  sayAside(`replay: ${thrown instanceof ConfigError ? thrown.describe() : thrown.message}`);
  process.exitCode = 1;
}

async function replayOn(pipeline: FoundPipeline, { selection, by, json }: ReplayOptions): Promise<number> {
  const rules = rulesIn(readConfig(rulesEnvironment, process.env)); // a dry run foretells by them; what is sent, workers fold
  const ledger = openLedger({ ...pipeline, rules, applicationName: "replay" });
  try {
    await ledger.expectSchema();
    const matching = await countMatching(ledger, selection);
    return by === null
      ? await tell(ledger, { selection, json, matching })
      : await send(ledger, pipeline, { selection, by, json, matching });
  } catch (thrown) {
    throw toldPlainly(thrown, pipeline);
  } finally {
    await ledger.close();
  }
}

async function countMatching({ deliveries }: Ledger, selection: ReplayOptions["selection"]): Promise<number> {
  if ("filter" in selection) return deliveries.count(selection.filter);
  if ((await deliveries.get(selection.id)) === null) throw new CantReplay(`no delivery bears the id ${selection.id}`);
  return 1;
}

type Chosen = Pick<ReplayOptions, "selection" | "json"> & { matching: number };

async function tell(ledger: Ledger, { selection, json, matching }: Chosen): Promise<number> {
  const foretold = await foretell(ledger, selection);
  if (json) say(JSON.stringify({ dryRun: true, matching, ...foretold }));
  else for (const line of describeForetold(matching, foretold)) say(line);
  return foretold.failing.length + foretold.stillQuarantined.length > 0 ? 1 : 0;
}

async function send(
  ledger: Ledger,
  sources: FoundPipeline,
  { selection, by, json, matching }: Chosen & { by: NonNullable<ReplayOptions["by"]> },
): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  // Silent: what could not be published is told once, at the end.
  const producer = createProducer(chooseBackend(sources), createLogger({ app: "replay", level: "silent" }));
  const progress = ({ sent }: { sent: number }) => sayAside(`  ${sent} of ${matching}`);
  try {
    const sent = await sendAgain({ ledger, producer, signal: interrupted.signal, progress }, selection, by);
    if (json) say(JSON.stringify({ dryRun: false, matching, ...sent }));
    else for (const line of describeSent(matching, sent)) say(line);
    if (sent.interrupted) return EXIT_INTERRUPTED;
    return sent.failing.length + sent.stillQuarantined.length > 0 ? 1 : 0;
  } finally {
    await producer.close();
  }
}
