import { errorCodeOf, type WorldFile } from "@receiver/simulation";
import { z } from "zod";
import { readRunFile } from "../../start/run-file.ts";
import { CantServe } from "./cant-serve.ts";

export type Registrar = {
  /** Never rejects. */
  register(file: WorldFile): Promise<void>;
  registered(): number;
  /** What was answered instead of a 2xx, and how often. */
  failures(): ReadonlyMap<string, number>;
};

type Environment = Readonly<Record<string, string | undefined>>;

const ANSWER_WITHIN_MS = 15_000;
const runningOps = z.object({
  opsUrl: z.url(),
  login: z.object({ name: z.string(), password: z.string() }).nullable(),
});

/**
 * Registers uploads with ops, as the customer does who made them.
 * @throws CantServe when there is no running `npm start` whose password is known
 */
export function openRegistrar(env: Environment): Registrar {
  const running = readRunFile(runningOps, env);
  if (!running?.login)
    throw new CantServe("--register needs an npm start that runs and was not given OPS_USERS: its password is unknown");
  const { opsUrl, login } = running;
  const authorization = `Basic ${Buffer.from(`${login.name}:${login.password}`).toString("base64")}`;
  const failures = new Map<string, number>();
  let registered = 0;
  return {
    register: async ({ companyId, fileUuid, externalId }) => {
      const outcome = await post(opsUrl, authorization, { companyId, fileUuid, externalId });
      if (outcome === null) registered += 1;
      else failures.set(outcome, (failures.get(outcome) ?? 0) + 1);
    },
    registered: () => registered,
    failures: () => failures,
  };
}

/** Null when it was registered. */
async function post(opsUrl: string, authorization: string, upload: object): Promise<string | null> {
  try {
    const answer = await fetch(`${opsUrl}/api/client-files`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(upload),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await answer.arrayBuffer();
    return answer.ok ? null : String(answer.status);
  } catch (thrown) {
    return `error ${errorCodeOf(thrown)}`;
  }
}
