import { clientFileStates } from "@receiver/contracts";
import { z } from "zod";
import { CantReachOps, type Ops } from "./find-ops.ts";

const statusMap = z.object({
  version: z.int(),
  entries: z.record(z.string(), z.enum(clientFileStates)),
  createdAt: z.string().nullable(),
  createdBy: z.string(),
  reason: z.string(),
});
const alikeChanges = z.object({
  state: z.object({ before: z.string().nullable(), after: z.string() }),
  flagsRaised: z.array(z.string()),
  flagsCleared: z.array(z.string()),
  files: z.int(),
  examples: z.array(z.string()),
});
const walked = { looked: z.int(), files: z.int(), nextCursor: z.string().nullable(), changes: z.array(alikeChanges) };
const foretold = z.object({ ...walked, affected: z.int() });
const refolded = z.object({ ...walked, refolded: z.int() });

export type StatusMap = z.output<typeof statusMap>;
export type Entries = StatusMap["entries"];
export type AlikeChanges = z.output<typeof alikeChanges>;
/** What one call says of the files that it looked at; `touched`: that bear a status which versions of the map read differently. */
export type Stretch = {
  looked: number;
  files: number;
  touched: number;
  changes: AlikeChanges[];
  nextCursor: string | null;
};

/** Ops' calls on the status map. @throws CantReachOps with what ops says, or why it says nothing */
export type AskOps = {
  current(): Promise<StatusMap>;
  /** `version`: of the map that was seen. */
  replace(entries: Entries, version: number, reason: string): Promise<StatusMap>;
  foretell(entries: Entries, cursor: string | null): Promise<Stretch>;
  refold(reason: string, cursor: string | null): Promise<Stretch>;
};

/** A call works for 5 s, and its last file may be a large one. */
const ANSWER_WITHIN_MS = 60_000;

export function askOps({ url, login }: Ops): AskOps {
  const ask = async <Shape extends z.ZodType>(shape: Shape, method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((cause: unknown) => {
      throw new CantReachOps(`ops at ${url} does not answer: start it, or correct OPS_URL`, { cause });
    });
    const json: unknown = await answer.json().catch(() => null);
    if (!answer.ok) throw new CantReachOps(refusal(answer.status, json));
    const read = shape.safeParse(json);
    if (!read.success) throw new CantReachOps(`what answers at ${url} is not this version's ops`);
    return read.data as z.output<Shape>;
  };
  return {
    current: () => ask(statusMap, "GET", "/api/status-map"),
    replace: (entries, version, reason) => ask(statusMap, "PUT", "/api/status-map", { entries, version, reason }),
    foretell: async (entries, cursor) => {
      const body = { entries, reason: "dry run", dryRun: true, cursor };
      const { affected, ...stretch } = await ask(foretold, "PUT", "/api/status-map", body);
      return { ...stretch, touched: affected };
    },
    refold: async (reason, cursor) => {
      const { refolded: touched, ...stretch } = await ask(refolded, "POST", "/api/status-map/refold", {
        reason,
        cursor,
      });
      return { ...stretch, touched };
    },
  };
}

const problem = z.object({
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

function refusal(status: number, json: unknown): string {
  const { data } = problem.safeParse(json);
  if (data === undefined) return `ops answered ${status}`;
  const why = data.errors?.map(({ path, message }) => `${path} ${message}`).join("; ") ?? data.detail;
  return [`ops answered ${status} ${data.code}`, why].filter(Boolean).join(": ");
}
