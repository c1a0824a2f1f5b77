import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { fields } from "@receiver/runtime";
import { type Answer, receivingServer } from "@receiver/testing";
import { onTestFinished } from "vitest";
import { type OutgoingOptions, type OutgoingRequest, openOutgoing } from "../src/index.ts";

export const LOOPBACK = "127.0.0.0/8,::1";

type Settings = { allow?: string } & Pick<OutgoingOptions, "resolve">;

/** GETs what it is given; `resolve` answers instead of the system. */
export function openTestClient({ allow = "", ...options }: Settings = {}) {
  const outgoing = openOutgoing({ allow: allow === "" ? [] : fields.cidrList.parse(allow), ...options });
  onTestFinished(outgoing.close);
  const defaults = { method: "GET", headers: {}, limitMs: 5_000, limitBytes: 1_000 } as const;
  return (url: string, request: Partial<OutgoingRequest> = {}) => outgoing.exchange({ ...defaults, ...request, url });
}

export async function openTarget(...answers: Answer[]) {
  const server = await receivingServer(...answers);
  onTestFinished(server.close);
  return { ...server, port: new URL(server.url).port };
}

/** Answers 200 and goes on writing for as long as anybody reads: a chunk of so many bytes, every so many milliseconds. */
export async function openEndless(chunkBytes: number, everyMs: number) {
  const closed: Socket[] = [];
  const server = createServer((request, response) => {
    const writing = setInterval(() => void response.write(Buffer.alloc(chunkBytes)), everyMs);
    request.socket.on("close", () => {
      clearInterval(writing);
      closed.push(request.socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, closed };
}
