import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { classify } from "@receiver/contracts";
import type { ClientFileEvent } from "../src/event.ts";
import { extractEvent } from "../src/extract-event.ts";

const folder = new URL("../../contracts/fixtures/danaya/", import.meta.url);

const digestOf = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 40);

/** The events of all fixtures whose name starts so, received once all of them had happened. */
export function eventsOf(prefix: string): ClientFileEvent[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.sort().map(eventIn);
}

function eventIn(name: string): ClientFileEvent {
  const bytes = readFileSync(new URL(name, folder));
  const classified = classify(bytes);
  if (classified.kind !== "message") throw new Error(`${name} is not a message`);
  const body = JSON.parse(bytes.toString());
  return extractEvent(classified.message, {
    eventId: digestOf(bytes),
    payloadDigest: digestOf(JSON.stringify(body.payload ?? body)),
    receivedAt: Date.parse("2026-11-22T00:00:00Z"),
  });
}
