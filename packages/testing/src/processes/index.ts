export { badFixtures, type Fixture, goodFixtures } from "../fixtures.ts";
export { type Body, bytesOf, danaya, type Replacing } from "../messages/danaya.ts";
export { type InventedFile, inventFile, minutesAfter } from "../messages/invent-file.ts";
export { type Answer, type ReceivedRequest, type ReceivingServer, receivingServer } from "../receiving-server.ts";
export { sealingKeys } from "../sealing-keys.ts";
export { type AppExit, type AppName, type SpawnedApp, spawnApp } from "../spawn-app.ts";
export { type Proxy, startProxy } from "../start-proxy.ts";
