import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export type ReceivedRequest = {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as text, byte for byte what a signature covers. */
  body: string;
  /** Milliseconds since the epoch. */
  at: number;
};

/** A status; a whole answer; "hang": none, with the connection kept open; "reset": none, with the connection destroyed. */
export type Answer = number | { status: number; headers?: Record<string, string>; body?: string } | "hang" | "reset";

export type ReceivingServer = {
  url: string;
  /** In order of arrival; grows while the server runs. */
  requests: readonly ReceivedRequest[];
  /** What the next requests get, one answer each. After the last one: 200. */
  answerNext(...answers: Answer[]): void;
  close(): Promise<void>;
};

/** A subscriber's endpoint on 127.0.0.1 that records what it is sent. */
export async function receivingServer(...answers: Answer[]): Promise<ReceivingServer> {
  const script = [...answers];
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    record(request, requests).then(
      () => give(script.shift() ?? 200, response),
      () => response.destroy(), // the sender gave up in the middle of its body
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answerNext: (...next) => void script.push(...next),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function record(request: IncomingMessage, requests: ReceivedRequest[]): Promise<void> {
  const at = Date.now();
  const body = (await buffer(request)).toString("utf8");
  requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body, at });
}

function give(answer: Answer, response: ServerResponse): void {
  if (answer === "hang") return;
  if (answer === "reset") {
    response.destroy();
    return;
  }
  const { status, headers = {}, body = "" } = typeof answer === "number" ? { status: answer } : answer;
  response.writeHead(status, headers).end(body);
}
