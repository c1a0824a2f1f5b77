import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { seededRandom } from "@receiver/simulation";

/** What came under one notification's id. `digests`: SHA-256 of each body that differs from those before; `accepted`: answered 204. */
type Heard = { times: number; accepted: number; digests: string[] };

export type Endpoint = { url: string; heard: ReadonlyMap<string, Heard>; close(): Promise<void> };

/** Of a hundred requests: a subscriber that is overloaded, and one that thinks for ever. */
const REFUSED_PERCENT = 3;
const HANGING_PERCENT = 0.3;

/** A subscriber's endpoint that remembers what it was told, not the words: tens of thousands of bodies come by. */
export async function openEndpoint(name: string, seed: number): Promise<Endpoint> {
  const heard = new Map<string, Heard>();
  const random = seededRandom("endpoint", name, seed);
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    buffer(request).then(
      (body) => {
        const refuses = random.percent(REFUSED_PERCENT);
        const hangs = random.percent(HANGING_PERCENT);
        note(heard, id, { body, accepted: !refuses && !hangs });
        answer(response, { refuses, hangs });
      },
      () => response.destroy(), // the sender was killed in the middle of its body
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function note(heard: Map<string, Heard>, id: string, { body, accepted }: { body: Buffer; accepted: boolean }): void {
  const digest = createHash("sha256").update(body).digest("hex");
  const known = heard.get(id) ?? { times: 0, accepted: 0, digests: [] };
  known.times += 1;
  if (accepted) known.accepted += 1;
  if (!known.digests.includes(digest)) known.digests.push(digest);
  heard.set(id, known);
}

function answer(response: ServerResponse, { refuses, hangs }: { refuses: boolean; hangs: boolean }): void {
  if (hangs) return;
  response.writeHead(refuses ? 500 : 204).end();
}
