import { resolve } from "node:path";
import { migrate } from "@receiver/ledger";
import { type FindOptions, findPostgres, findRedis } from "@receiver/local-services";
import { ConfigError } from "@receiver/runtime";
import { checkEnvironment } from "./start/check-environment.ts";
import { developmentValues } from "./start/development-values.ts";
import { parseStartOptions } from "./start/options.ts";
import { startPipeline } from "./start/pipeline.ts";
import { expectFreePorts } from "./start/ports.ts";
import { writeRunFile } from "./start/run-file.ts";
import { stopOnSignal } from "./start/stop-on-signal.ts";
import { describeRun } from "./start/summary.ts";

/** `npm start`: brings the whole pipeline up, each app a process of its own, and stops all it started. */
const options = parseStartOptions(process.argv);
const say = (line: string) => void process.stdout.write(`${line}\n`);
const dataDir = resolve(process.env.DATA_DIR ?? ".data");
const find: FindOptions = { env: process.env, mode: "start", dataDir, log: say };

const stop = stopOnSignal(say);
try {
  checkEnvironment(process.env);
  await expectFreePorts(process.env, options.scale);
  const values = await developmentValues(process.env, dataDir);
  const postgres = stop.afterwards("Postgres", await findPostgres(find));
  const redis = stop.afterwards("Redis", await findRedis(find));
  const migrated = await migrate(postgres.url);
  say(migrated.length > 0 ? `Schema: ran ${migrated.join(", ")}` : "Schema: up to date");

  const env = { ...process.env, ...values.env, DATABASE_URL: postgres.url };
  const pipeline = startPipeline({
    env: redis.url ? { ...env, REDIS_URL: redis.url } : env,
    sealing: values.sealing,
    scale: options.scale,
    say,
  });
  stop.afterwards("the apps", pipeline);

  const urls = await pipeline.ready;
  await writeRunFile(dataDir, {
    ...urls,
    webhookUrl: `${urls.ingressUrl}/webhooks/danaya/${values.token}`,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    masterKeys: values.sealing.masterKeys,
    allowedCompanyIds: process.env.ALLOWED_COMPANY_IDS || null,
    login: values.login,
  });
  for (const line of describeRun(urls, values)) say(line);
} catch (error) {
  if (!stop.isStopping()) {
    process.stderr.write(`start failed: ${reasonOf(error)}\n`);
    process.exitCode = 1;
    await stop.now();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigError) return error.describe();
  return error instanceof Error ? error.message : String(error);
}
