export { createDatabase, createEmptyDatabase, type TestDatabase } from "./database/create-database.ts";
export { forgetRows } from "./database/forget-rows.ts";
export { type LentDatabase, lendDatabase } from "./database/lend-database.ts";
export { type OwnPostgres, startPostgres } from "./database/start-postgres.ts";
export {
  badFixtures,
  documentedFixtures,
  type Fixture,
  fixture,
  fixtureCases,
  fixturesOfCase,
  goodFixtures,
} from "./fixtures.ts";
export { inherited } from "./inherited.ts";
export { type Body, bytesOf, danaya, type Replacing } from "./messages/danaya.ts";
export { type InventedFile, inventFile, minutesAfter } from "./messages/invent-file.ts";
export { type Answer, type ReceivedRequest, type ReceivingServer, receivingServer } from "./receiving-server.ts";
export { describeWithRedis, describeWithRedisPair } from "./redis/describe-with-redis.ts";
export { startRedis, type TestRedis } from "./redis/start-redis.ts";
export { type RedisPair, startRedisPair } from "./redis/start-redis-pair.ts";
export { type CommandEnd, type RunningCommand, runCommand } from "./run-command.ts";
export { sealingKeys } from "./sealing-keys.ts";
export { selfSigned } from "./self-signed.ts";
export { type AppExit, type AppName, type SpawnedApp, spawnApp } from "./spawn-app.ts";
export { type Proxy, startProxy } from "./start-proxy.ts";
