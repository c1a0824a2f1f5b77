import { type Answers, measureAnswers } from "./measure-answers.ts";
import { type CatchingUp, measureCatchingUp } from "./measure-catching-up.ts";
import { measureWholeWay, type WholeWay } from "./measure-whole-way.ts";
import type { BenchOptions } from "./options.ts";
import type { Servers } from "./servers.ts";
import { startBareServer } from "./start-bare-server.ts";
import { type ProductOptions, startProduct } from "./start-product.ts";

export type BenchReport = { answers: Answers; wholeWay: WholeWay; catchingUp: CatchingUp };
export type BenchRun = Omit<ProductOptions, "ground" | "workers"> & {
  options: BenchOptions;
  servers: Servers;
  signal: AbortSignal;
};

/** One measurement after the other, each on a database of its own. @throws the signal's reason when it is aborted */
export async function runBench(run: BenchRun): Promise<BenchReport> {
  const { say } = run;
  say("answers: a bare server and the ingress in turn");
  const answers = await runAnswers(run);
  say("whole way: through all apps at a fixed rate");
  const wholeWay = await runWholeWay(run);
  say("catching up: the workers start late");
  return { answers, wholeWay, catchingUp: await runCatchingUp(run) };
}

async function runAnswers({ options, servers, signal, ...product }: BenchRun): Promise<Answers> {
  await using running = new AsyncDisposableStack();
  const ground = await servers.prepare("bench_answers");
  const bare = await startBareServer();
  running.defer(bare.stop);
  const { webhookUrl, stop } = await startProduct({ ...product, ground, workers: false });
  running.defer(stop);
  return await measureAnswers({
    ...options,
    urls: { bare: bare.url, ingress: webhookUrl },
    query: ground.query,
    signal,
  });
}

async function runWholeWay({ options, servers, signal, ...product }: BenchRun): Promise<WholeWay> {
  await using running = new AsyncDisposableStack();
  const ground = await servers.prepare("bench_whole_way");
  const { webhookUrl, stop } = await startProduct({ ...product, ground, workers: true });
  running.defer(stop);
  return await measureWholeWay({ ...options, ground, webhookUrl, signal });
}

async function runCatchingUp({ options, servers, signal, ...product }: BenchRun): Promise<CatchingUp> {
  const ground = await servers.prepare("bench_catching_up");
  const start = (workers: boolean) => startProduct({ ...product, ground, workers });
  return await measureCatchingUp({ ground, files: options.files, start, signal });
}
