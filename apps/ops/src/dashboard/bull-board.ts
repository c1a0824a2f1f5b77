import type { IncomingHttpHeaders } from "node:http";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { FastifyAdapter } from "@bull-board/fastify";
import { type Producer, type QueueName, queues } from "@receiver/queues";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { HttpProblem } from "../http/problem.ts";

type Dashboard = { producer: Pick<Producer, "bullQueues" | "check"> };
type BullQueue = ReturnType<Producer["bullQueues"]>[number];

const PREFIX = "/queues";

/** Every queue, to be looked at. What changes something goes through our API: the board's own buttons know no ledger and no audit. */
export async function serveDashboard(app: FastifyInstance, { producer }: Dashboard): Promise<void> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PREFIX);
  const admitted = new WeakSet<IncomingHttpHeaders>();
  const adapterOf = (queue: BullQueue) => readOnlyAdapter(queue, admitted);
  let shown = producer.bullQueues();
  const board = createBullBoard({ queues: shown.map(adapterOf), serverAdapter, options: { uiConfig } });

  serverAdapter.setErrorHandler((error) => {
    throw error; // to the handler of the whole server: the board's own quotes what was thrown
  });

  const behindGuard: FastifyPluginAsync = async (scope) => {
    scope.addHook("onRequest", async (request) => {
      if (request.method !== "GET" && request.method !== "HEAD") throw readOnly();
      if (request.user !== null) admitted.add(request.headers);
      if (!request.url.startsWith(`${PREFIX}/api/`)) return;
      await producer.check(); // a board over a backend that is away would hang
      const current = producer.bullQueues();
      if (current[0] === shown[0]) return;
      shown = current; // the backend was opened anew
      board.replaceQueues(shown.map(adapterOf));
    });
    await scope.register(serverAdapter.registerPlugin(), { prefix: PREFIX });
  };
  await app.register(behindGuard);
}

const uiConfig = {
  boardTitle: "Receiver · Queues",
  hideDocsLink: true,
  miscLinks: [
    { text: "Client files", url: "/" },
    { text: "Deliveries", url: "/deliveries" },
    { text: "API docs", url: "/docs" },
  ],
};

const readOnly = () =>
  new HttpProblem(405, "READ_ONLY", "The dashboard only shows: pause, resume and replay through the API", {
    headers: { allow: "GET, HEAD" },
  });

function readOnlyAdapter(queue: BullQueue, admitted: WeakSet<IncomingHttpHeaders>): BullMQAdapter {
  const name = queue.name as QueueName;
  const adapter = new BullMQAdapter(queue, { readOnlyMode: true, description: `read by ${queues[name].consumer}` });
  // A job that something else put there may hold anything: only the fields of the queue's own schema are shown.
  adapter.setFormatter(
    "data",
    (data) => queues[name].job.safeParse(data).data ?? { withheld: "not a job of this queue" },
  );
  adapter.setFormatter("returnValue", () => null);
  adapter.setFormatter("progress", () => 0);
  // The second lock: holds even if the board were ever mounted outside the guard.
  adapter.setVisibilityGuard(({ headers }) => admitted.has(headers));
  return adapter;
}
