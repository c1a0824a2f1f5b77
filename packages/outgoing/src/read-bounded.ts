/**
 * The whole body, or why there is none: the status was an answer all the same. Who stops reading ends the connection, so
 * that a body without end costs `limitBytes` at most.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array | "too-long" | "cut-short"> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) return "too-long";
      chunks.push(chunk);
    }
  } catch {
    return "cut-short";
  }
  return Buffer.concat(chunks);
}
