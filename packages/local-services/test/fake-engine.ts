import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { closedFolder } from "./temporary-folders.ts";

/** What a Docker engine's socket is to a client, for one test. Answers its address. */
export async function fakeEngine(answer: RequestListener): Promise<string> {
  const path = join(closedFolder(), "docker.sock");
  const server = createServer(answer).listen(path);
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${path}`;
}
