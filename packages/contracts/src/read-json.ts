import type { Problem } from "./problem.ts";

export type ReadJson = { kind: "json"; value: unknown } | { kind: "not-json"; problem: Problem };

/** Bytes to a JSON value. A byte-order mark is skipped. */
export function readJson(bytes: Uint8Array): ReadJson {
  const text = decode(bytes);
  if (text === null) return notJson("must be encoded in UTF-8");
  if (text === "") return notJson("must not be empty");
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch {
    // What was thrown quotes the body: it goes no further.
    return notJson("must be a complete JSON document");
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const notJson = (message: string): ReadJson => ({ kind: "not-json", problem: { path: "", message } });
