import { tmpdir } from "node:os";
import { migrate } from "@receiver/ledger";
import { findPostgres, queryPostgres } from "@receiver/local-services";
import cliProgress from "cli-progress";
import { describeWorld, hasFailed } from "./describe-world.ts";
import { parseOptions } from "./options.ts";
import { runWorld, type WorldRun } from "./run-world.ts";
import { nameOf, variants } from "./variant.ts";

/** `npm run test:world`: a table of what is true of whole worlds, and what of it came out. */
const say = (line: string) => void process.stdout.write(`${line}\n`);

const { files, seeds, only, step } = parseOptions(process.argv);
const chosen = variants.filter((_variant, index) => only === undefined || only === index + 1);
const own = { ...process.env, DATABASE_URL: undefined };
const postgres = await findPostgres({ env: own, mode: "test", dataDir: tmpdir(), log: say });
const bar = new cliProgress.SingleBar(
  { format: "  {bar} {percentage}% | {name} | {eta_formatted} left" },
  cliProgress.Presets.shades_classic,
);
try {
  for (const seed of seeds) for (const variant of chosen) await play({ seed, files, variant, stepMs: step * 60_000 });
} finally {
  await postgres.stop();
}

async function play(run: WorldRun): Promise<void> {
  const name = `world_${run.seed}_${variants.indexOf(run.variant) + 1}`;
  await queryPostgres(postgres.url, `create database ${name}`);
  const url = Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href;
  await migrate(url);
  bar.start(100, 0, { name: `seed ${run.seed}, ${nameOf(run.variant)}` });
  const report = await runWorld(url, run, (share) => bar.update(Math.floor(share * 100))).finally(() => bar.stop());
  say(describeWorld(report));
  if (hasFailed(report)) process.exitCode = 1;
}
