import { createHash } from "node:crypto";

/**
 * Tells whether two messages carry the same payload, whatever the order of its keys and the timestamp around it.
 *
 * @param body one that classify took for a message.
 * @returns 64 hexadecimal characters.
 */
export function payloadDigestOf(body: Uint8Array): string {
  const parsed: unknown = JSON.parse(new TextDecoder().decode(body)); // which drops a byte order mark
  const payload = isObject(parsed) && "payload" in parsed ? parsed.payload : parsed;
  return createHash("sha256")
    .update(JSON.stringify(withSortedKeys(payload)))
    .digest("hex");
}

/** Depth is bounded: classify refuses what is nested deeper than 32. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, withSortedKeys(value[key])]),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
