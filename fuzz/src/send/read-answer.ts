export type Answer = { status: number; contentType: string | null; body: string };

const HEAD_END = "\r\n\r\n";

/** The first answer in these bytes that is not interim (100 Continue), or null while it is incomplete. */
export function readAnswer(bytes: Buffer, { isHead }: { isHead: boolean }): Answer | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  const rest = bytes.subarray(end + HEAD_END.length);
  if (status < 200) return readAnswer(rest, { isHead });
  const length = isHead ? 0 : Number(headerIn(lines, "content-length") ?? 0);
  if (rest.length < length) return null;
  return { status, contentType: headerIn(lines, "content-type"), body: rest.toString("utf8", 0, length) };
}

function headerIn(lines: readonly string[], name: string): string | null {
  const line = lines.find((one) => one.toLowerCase().startsWith(`${name}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}
