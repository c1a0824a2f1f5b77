import { errorCodeOf } from "@receiver/simulation";
import { z } from "zod";
import { firstToken } from "../first-token.ts";
import { DEFAULT_PORTS } from "../start/ports.ts";
import { readRunFile } from "../start/run-file.ts";

/** What to tell the operator instead of a stack. */
export class NoIngress extends Error {
  override readonly name = "NoIngress";
}

export type Asked = { url?: string | undefined; token?: string | undefined };
type Environment = Readonly<Record<string, string | undefined>>;

const WEBHOOK_PATH = "/webhooks/danaya/";
const DEFAULT_URL = `http://127.0.0.1:${DEFAULT_PORTS.PORT}`;
const KNOCK_WITHIN_MS = 3_000;

const runningIngress = z.object({ ingressUrl: z.url(), webhookUrl: z.url() });
type RunningIngress = z.output<typeof runningIngress>;

/** What `npm start` writes about itself. */
export const findRunningIngress = (env: Environment): RunningIngress | null => readRunFile(runningIngress, env);

/**
 * The URL to post to. Address: `--url`, else PORT on this machine, else that of the running `npm start`, else port 3000. Token:
 * `--token`, else the first of DANAYA_WEBHOOK_TOKENS, else that of the running `npm start`.
 * @throws NoIngress when no token is to be found
 */
export function webhookUrlFor(asked: Asked, env: Environment, running: RunningIngress | null): string {
  if (asked.url?.includes(WEBHOOK_PATH)) return asked.url;
  const address = asked.url ?? addressOfEnv(env) ?? running?.ingressUrl ?? DEFAULT_URL;
  const token = asked.token ?? firstToken(env.DANAYA_WEBHOOK_TOKENS) ?? tokenOf(running);
  if (token === null) {
    throw new NoIngress(
      "no token to post with: start the pipeline with npm start, or give --token or DANAYA_WEBHOOK_TOKENS",
    );
  }
  return `${address.replace(/\/+$/, "")}${WEBHOOK_PATH}${encodeURIComponent(token)}`;
}

/** Port 0 asks for a free one: which that was, only the running `npm start` knows. */
function addressOfEnv({ PORT }: Environment): string | undefined {
  return PORT && PORT !== "0" ? `http://127.0.0.1:${PORT}` : undefined;
}

function tokenOf(running: RunningIngress | null): string | null {
  return running?.webhookUrl.split(WEBHOOK_PATH)[1] ?? null;
}

/** Without the token. */
export function masked(webhookUrl: string): string {
  return webhookUrl.slice(0, webhookUrl.indexOf(WEBHOOK_PATH) + WEBHOOK_PATH.length).concat("…");
}

/** @throws NoIngress when nobody listens. Any answer will do: a proxy may stand in front. */
export async function knock(webhookUrl: string): Promise<void> {
  const { origin } = new URL(webhookUrl);
  try {
    await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(KNOCK_WITHIN_MS) });
  } catch (thrown) {
    throw new NoIngress(`no ingress at ${origin} (${errorCodeOf(thrown)}); start one with npm start`);
  }
}
