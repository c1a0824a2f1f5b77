import { findHostileShape } from "../find-hostile-shape.ts";
import { readJson } from "../read-json.ts";
import { type FileContent, fileContent } from "./file-content.ts";

/** Reads the personal content of a delivery's raw bytes; null for what is no message. Never throws, whatever they are. */
export function readFileContent(rawBody: Uint8Array): FileContent | null {
  const read = readJson(rawBody);
  if (read.kind === "not-json" || typeof read.value !== "object" || read.value === null) return null;
  if (findHostileShape(read.value).length > 0) return null;
  const { messageType, payload } = read.value as { messageType?: unknown; payload?: unknown };
  return fileContent.safeParse(messageType === undefined ? read.value : payload).data ?? null;
}
