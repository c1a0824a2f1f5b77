import type { Act, Acting, ActOutcome, Ledger, OtherId, Refusal } from "@receiver/ledger";
import { HttpProblem, notFound } from "../http/problem.ts";
import type { PublishWakeUps } from "../publish-wake-ups.ts";

type Done = Omit<Extract<ActOutcome, { kind: "done" }>, "kind" | "wakeUps">;
type Tools = { ledger: Pick<Ledger, "operators">; publish: PublishWakeUps };

/**
 * Does it, or tells what it would do.
 *
 * @throws HttpProblem NOT_FOUND, FILE_CHANGED, or one that says why it can't be done
 */
export async function actOnFile({ ledger, publish }: Tools, id: string, act: Act, acting: Acting): Promise<Done> {
  const outcome = await ledger.operators.act(id, act, acting);
  if (outcome.kind === "not-found") throw notFound("No client file");
  if (outcome.kind === "seen-another") throw fileChanged(outcome.version);
  if (outcome.kind === "refused") throw refusals[outcome.why];
  const { kind: _, wakeUps, ...done } = outcome;
  if (!acting.dryRun) await publish(wakeUps);
  return done;
}

/** From the fields of a request, one of which is given. */
export function otherIdIn(given: { fileUuid?: string; fileNumber?: string; otherId?: string }): OtherId | null {
  const { fileUuid, fileNumber, otherId } = given;
  if (fileUuid !== undefined) return { fileUuid };
  if (fileNumber !== undefined) return { fileNumber };
  return otherId === undefined ? null : { clientFileId: otherId };
}

const fileChanged = (version: number) =>
  new HttpProblem(409, "FILE_CHANGED", `The file is at version ${version} by now: look at it again, then decide`);

const refused = (code: Exclude<Refusal, "NO_SUCH_ACT">, detail: string) => new HttpProblem(409, code, detail);

const refusals: Record<Refusal, HttpProblem> = {
  NOT_LINKABLE: refused(
    "NOT_LINKABLE",
    "Of one company's ids an upload's uuid and a file's number can be tied or parted: here these two can't be told",
  ),
  ALREADY_LINKED: refused("ALREADY_LINKED", "The two are one file already"),
  LINK_CONTRADICTED: refused(
    "LINK_CONTRADICTED",
    "One of the two is tied to another id: look at its conflict, unlink that one, then link",
  ),
  NOT_LINKED: refused("NOT_LINKED", "Nothing ties the two"),
  NO_OPEN_RETRY: refused("NO_OPEN_RETRY", "No retry of this file is open"),
  NO_SUCH_ACT: notFound("No act of an operator on this file"),
  NOT_WITHDRAWABLE: refused(
    "NOT_WITHDRAWABLE",
    "A decision and an abandonment can be withdrawn: link and unlink take each other back",
  ),
  ALREADY_WITHDRAWN: refused("ALREADY_WITHDRAWN", "It was withdrawn before: decide once more instead"),
};
