import { setTimeout as wait } from "node:timers/promises";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Body } from "../danaya-messages.ts";
import type { Truth, World, WorldFile } from "../world/world.ts";
import { documentedAnswer, flatAnswer } from "./look-up-answers.ts";
import { tellFile, tellTruth } from "./tell-truth.ts";
import { type ApiTroubles, checkShares, drawTrouble, noTroubles, type Trouble } from "./troubles.ts";

export type ServeOptions = {
  /** Milliseconds since 1970: what is true then is answered. */
  now: () => number;
  apiKey: string;
  apiSecret: string;
  /** None by default. */
  troubles?: Partial<ApiTroubles>;
  /** On this machine alone. Default: any free one. */
  port?: number;
};

export type ServedWorld = {
  /** For `DANAYA_API_URL`. */
  url: string;
  /** How often each uuid was asked about, whatever was answered, 401 excepted. */
  requests(): ReadonlyMap<string, number>;
  /** Those that are not named stay as they are. @throws RangeError when they exceed a hundred percent together */
  setTroubles(troubles: Partial<ApiTroubles>): void;
  /** Ends questions that wait for a slow answer, too. */
  close(): Promise<void>;
};

type Asking = FastifyRequest<{ Params: { uuid: string } }>;

/** Danaya's REST look-up over a world, and `/truth`, which Danaya doesn't have: what is true at this time. */
export async function serveWorld(world: World, options: ServeOptions): Promise<ServedWorld> {
  const app = Fastify({ forceCloseConnections: true });
  const closing = new AbortController();
  const asked = new Map<string, number>();
  let troubles = withTroubles(noTroubles, options.troubles ?? {});

  const answerWith =
    (form: (file: WorldFile, truth: Truth) => Body) => async (request: Asking, reply: FastifyReply) => {
      if (!isKnown(request, options)) return reply.code(401).send({ message: "Unauthorized" });
      const { uuid } = request.params;
      const nth = (asked.get(uuid) ?? 0) + 1;
      asked.set(uuid, nth);
      const trouble = drawTrouble(troubles, uuid, nth);
      if (trouble.kind === "fails") return fail(reply, trouble);
      // What is true when it is asked, not when it is told: a slow answer is an old one.
      const [file, truth] = [world.fileOf(uuid), world.truthAt(uuid, options.now())];
      if (trouble.kind === "slow") await wait(troubles.slowMs, null, { signal: closing.signal });
      return file && truth ? form(file, truth) : reply.code(404).send({ message: "Not Found" });
    };
  app.get("/v1/clients-files/client-file-to-analyze-id/:uuid", answerWith(documentedAnswer));
  app.get("/v2/clients-files/client-file-to-analyze-id/:uuid", answerWith(flatAnswer));
  tellOn(app, world, options.now);

  const url = await app.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  return {
    url,
    requests: () => asked,
    setTroubles: (changed) => {
      troubles = withTroubles(troubles, changed);
    },
    close: async () => {
      closing.abort();
      await app.close();
    },
  };
}

function tellOn(app: FastifyInstance, world: World, now: () => number): void {
  app.get("/truth", () => {
    const time = now();
    return { at: new Date(time).toISOString(), files: tellTruth(world, time) };
  });
  app.get("/truth/:uuid", (request: Asking, reply) => {
    const file = world.fileOf(request.params.uuid);
    return file ? tellFile(file, now()) : reply.code(404).send({ message: "Not Found" });
  });
}

function withTroubles(troubles: ApiTroubles, changed: Partial<ApiTroubles>): ApiTroubles {
  const all = { ...troubles, ...changed };
  checkShares(all);
  return all;
}

const isKnown = ({ headers }: FastifyRequest, { apiKey, apiSecret }: ServeOptions): boolean =>
  headers["api-key"] === apiKey && headers["api-secret"] === apiSecret;

function fail(reply: FastifyReply, { status, body, retryAfter }: Extract<Trouble, { kind: "fails" }>): FastifyReply {
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  return reply.code(status).type("application/json").send(body);
}
