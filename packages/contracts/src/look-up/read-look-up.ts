import { findHostileShape } from "../find-hostile-shape.ts";
import { type Problem, problemsOf } from "../problem.ts";
import { readJson } from "../read-json.ts";
import { type LookedUpFile, lookedUpFile } from "./looked-up-file.ts";

/** What an answer's body turned out to be. `isJson`: it is an answer, though not one that is understood. No problem repeats any of it. */
export type LookUp =
  | { kind: "file"; file: LookedUpFile }
  | { kind: "unreadable"; isJson: boolean; problems: Problem[] };

/** Reads the raw bytes of an answer to a look-up. Never throws, whatever they are. */
export function readLookUp(body: Uint8Array): LookUp {
  const read = readJson(body);
  if (read.kind === "not-json") return { kind: "unreadable", isJson: false, problems: [read.problem] };
  const { value } = read;
  const hostile = typeof value === "object" && value !== null ? findHostileShape(value) : [];
  if (hostile.length > 0) return { kind: "unreadable", isJson: true, problems: hostile };
  const parsed = lookedUpFile.safeParse(value);
  return parsed.success
    ? { kind: "file", file: parsed.data }
    : { kind: "unreadable", isJson: true, problems: problemsOf(parsed.error) };
}
