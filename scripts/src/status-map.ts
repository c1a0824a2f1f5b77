import { askOps } from "./status-map/ask-ops.ts";
import { statusMapCommand } from "./status-map/command.ts";
import { CantReachOps, findOps } from "./status-map/find-ops.ts";
import { refold, setRows, showMap, type Tools } from "./status-map/run-status-map.ts";

/** `npm run status-map`: which state each of Danaya's statuses names. */
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayAside = (line: string) => void process.stderr.write(`${line}\n`);

const command = statusMapCommand({
  show: (json) => onOps(json, showMap),
  set: (rows, reason, json) => onOps(json, (tools) => setRows(tools, rows, reason)),
  refold: (reason, json) => onOps(json, (tools) => refold(tools, reason)),
});
try {
  await command.parseAsync(process.argv);
} catch (thrown) {
  if (!(thrown instanceof CantReachOps)) throw thrown;
  sayAside(`status-map: ${thrown.message}`);
  process.exitCode = 1;
}

async function onOps(json: boolean, work: (tools: Tools) => Promise<number>): Promise<void> {
  const ops = findOps(process.env);
  sayAside(`on ops at ${ops.url}`);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort()); // a second one ends the process at once
  const progress = (looked: number, files: number) => sayAside(`  looked at ${looked} of ${files} files`);
  process.exitCode = await work({ ops: askOps(ops), json, signal: interrupted.signal, progress, say });
}
