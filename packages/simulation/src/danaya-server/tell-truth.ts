import type { State } from "@receiver/contracts";
import type { World, WorldFile } from "../world/world.ts";

/** What is true of a file at a time. Times are ISO 8601. */
export type ToldFile = {
  companyId: string;
  fileUuid: string;
  fileNumber: string;
  externalId: string;
  resubmissionOf: string | null;
  openedAt: string;
  /** Null: not uploaded yet. */
  state: State | null;
  finalState: State;
  /** Those that were made by then. `until`: overturned. */
  decisions: { decision: "APPROVED" | "REJECTED"; status: string; from: string; until: string | null }[];
};

export const tellTruth = (world: World, time: number): ToldFile[] => world.files.map((file) => tellFile(file, time));

export function tellFile(file: WorldFile, time: number): ToldFile {
  const { companyId, fileUuid, fileNumber, externalId, resubmissionOf, finalState } = file;
  const ids = { companyId, fileUuid, fileNumber, externalId, resubmissionOf };
  const state = file.timeline.findLast(({ from }) => from <= time)?.state ?? null;
  const decisions = file.trueDecisions
    .filter(({ from }) => from <= time)
    .map(({ from, until, ...decision }) => ({
      ...decision,
      from: iso(from),
      until: until === null || until > time ? null : iso(until),
    }));
  return { ...ids, openedAt: iso(file.openedAt), state, finalState, decisions };
}

const iso = (ms: number): string => new Date(ms).toISOString();
