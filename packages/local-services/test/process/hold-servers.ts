import { findPostgres, findRedis, queryPostgres, sendToRedis } from "../../src/index.ts";

// Started by a test with the mode and the data folder: finds both servers, tells their URLs, and stays until it is killed.
// At SIGINT it tells whether both servers still answer, and stops them.

const [mode, dataDir] = process.argv.slice(2);
const log = (line: string) => void process.send?.({ log: line });
const options = {
  env: { PATH: process.env.PATH },
  mode: mode === "test" ? "test" : "start",
  dataDir: dataDir ?? "",
  log,
} as const;

const [postgres, redis] = await Promise.all([findPostgres(options), findRedis(options)]);

process.on("SIGINT", async () => {
  const answers = await Promise.allSettled([
    queryPostgres(postgres.url, "select 1"),
    sendToRedis(redis.url ?? "", ["PING"]),
  ]);
  process.send?.({ answered: answers.map(({ status }) => status) });
  await Promise.all([postgres.stop(), redis.stop()]);
  clearInterval(staying);
  process.disconnect();
});
const staying = setInterval(() => undefined, 60_000); // servers alone keep no process alive

process.send?.({ urls: { postgres: postgres.url, redis: redis.url } });
