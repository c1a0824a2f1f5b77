export { createDatabase, createEmptyDatabase, type TestDatabase } from "./database/create-database.ts";
export { badFixtures, documentedFixtures, type Fixture, fixture, fixtureCases, fixturesOfCase } from "./fixtures.ts";
export { type Body, bytesOf, danaya, type Replacing } from "./messages/danaya.ts";
export { type InventedFile, inventFile, minutesAfter } from "./messages/invent-file.ts";
export { type Answer, type ReceivedRequest, type ReceivingServer, receivingServer } from "./receiving-server.ts";
export { describeWithRedis } from "./redis/describe-with-redis.ts";
export { startRedis, type TestRedis } from "./redis/start-redis.ts";
export { type AppExit, type AppName, type SpawnedApp, spawnApp } from "./spawn-app.ts";
export { type Proxy, startProxy } from "./start-proxy.ts";
