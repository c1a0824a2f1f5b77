import { z } from "zod";
import type { Delivery } from "./delivery.ts";

/** `label` says what was answered or went wrong: `200 accepted`, `401 UNAUTHORISED`, `error ECONNREFUSED`. */
export type Outcome = { label: string; status: number | null; latencyMs: number };

/** Longer than the ingress takes for any answer, a 503 included. */
const ANSWER_WITHIN_MS = 15_000;

const answerBody = z.object({ disposition: z.string().optional(), code: z.string().optional() }).catch({});

/** Never rejects. */
export async function postDelivery(
  webhookUrl: string,
  { body }: Pick<Delivery, "body">,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Outcome> {
  const startedAt = performance.now();
  const outcome = await answerTo(webhookUrl, body, withinMs);
  return { ...outcome, latencyMs: performance.now() - startedAt };
}

async function answerTo(webhookUrl: string, body: Uint8Array, withinMs: number): Promise<Omit<Outcome, "latencyMs">> {
  try {
    const answer = await fetch(webhookUrl, {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-type": "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(withinMs),
    });
    const { disposition, code } = answerBody.parse(await readJson(answer));
    return { status: answer.status, label: [answer.status, disposition ?? code].filter(Boolean).join(" ") };
  } catch (thrown) {
    return { status: null, label: `error ${errorCodeOf(thrown)}` };
  }
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return {}; // somebody else answered, a proxy say
  }
}

/** What the network says, ECONNREFUSED for instance: fetch hides it in the cause of a TypeError. */
export function errorCodeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "UNKNOWN";
  if (thrown.name === "TimeoutError") return "TIMEOUT";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  return thrown.cause === undefined ? thrown.name : errorCodeOf(thrown.cause);
}
