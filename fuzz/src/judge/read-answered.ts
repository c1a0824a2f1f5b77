import type { Problem } from "@receiver/contracts";
import { z } from "zod";
import type { Request } from "../plan/input.ts";
import type { Answer } from "../send/read-answer.ts";

/** An answer in one of the two forms that the documentation knows. `text`: all that an error says but for the problems. */
export type Read =
  | { kind: "taken"; disposition: string; deliveryId: string; problems?: Problem[] | undefined }
  | { kind: "refused"; code: string; status: number; text: string; problems?: Problem[] | undefined }
  | { kind: "unreadable"; why: string };

const problems = z.array(z.object({ path: z.string(), message: z.string() })).optional();
const takenBody = z.strictObject({ disposition: z.string(), deliveryId: z.string(), problems });
const refusedBody = z.strictObject({
  ...{ type: z.literal("about:blank"), title: z.string(), status: z.int(), code: z.string(), detail: z.string() },
  problems,
});

export function readAnswered({ status, contentType, body }: Answer, { isHead }: Pick<Request, "isHead">): Read {
  const unreadable = (why: string) => ({ kind: "unreadable", why }) as const;
  if (status < 300) {
    const read = takenBody.safeParse(jsonIn(body));
    return read.success ? { kind: "taken", ...read.data } : unreadable(`${status} that the contract doesn't know`);
  }
  if (status >= 500) return unreadable(`${status} ${refusedBody.safeParse(jsonIn(body)).data?.code ?? ""}`.trim());
  if (contentType !== "application/problem+json") return unreadable(`${status} of type ${contentType}`);
  // To HEAD there is no body to tell more by.
  if (isHead) return { kind: "refused", code: headCodes[status] ?? String(status), status, text: "" };
  const read = refusedBody.safeParse(jsonIn(body));
  if (!read.success || read.data.status !== status) return unreadable(`${status} that is no problem by RFC 9457`);
  const { problems: found, ...said } = read.data;
  return { kind: "refused", code: said.code, status, text: JSON.stringify(said), problems: found };
}

const headCodes: Record<number, string> = { 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED" };

export const sameProblems = (said: unknown, expected: unknown): string | null =>
  JSON.stringify(said) === JSON.stringify(expected) ? null : "problems that the contract doesn't find";

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
