import { NoIngress } from "./simulate/find-ingress.ts";
import { parseOptions } from "./simulate/options.ts";
import { NothingToSend } from "./simulate/plan-deliveries.ts";
import { postDeliveries } from "./simulate/post-deliveries.ts";
import { CantServe } from "./simulate/serve/cant-serve.ts";
import { parseServeOptions } from "./simulate/serve/options.ts";
import { playWorld } from "./simulate/serve/play-world.ts";

/** `npm run simulate`: plays Danaya against a running ingress. */
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  process.exitCode =
    process.argv[2] === "serve"
      ? await playWorld(parseServeOptions(process.argv.slice(3)), say)
      : await postDeliveries(parseOptions(process.argv), say);
} catch (error) {
  if (!(error instanceof NoIngress || error instanceof NothingToSend || error instanceof CantServe)) throw error;
  process.stderr.write(`simulate: ${error.message}\n`);
  process.exitCode = 1;
}
