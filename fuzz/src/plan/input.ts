/** What may come of an input besides what its body deserves: `taken` is judged by the body, `closed` is no answer at all. */
export type Allowed =
  | "taken"
  | "closed"
  | "UNAUTHORISED"
  | "TOO_MANY_FAILURES"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "BODY_TOO_LARGE"
  | "BODY_INCOMPLETE"
  | "REQUEST_TIMEOUT"
  | "MALFORMED_REQUEST"
  | "HEADERS_TOO_LARGE";

/** One request, as bytes. */
export type Request = {
  wire: Buffer;
  /** The body as a receiver sees it that reads HTTP rightly. */
  body: Buffer;
  /** The sender ends his side after the last byte, or leaves it open. */
  ends: boolean;
  /** An answer to HEAD has no body, whatever length it names. */
  isHead: boolean;
};

/** What a row of the report counts. */
export const inputKinds = [
  ...["message", "fields", "flipped", "truncated", "spliced", "grammar", "raw"],
  ...["headers", "framing", "method", "url"],
] as const;
export type InputKind = (typeof inputKinds)[number];

export type Input = {
  index: number;
  kind: InputKind;
  /** What was done, in a few words of the generator. */
  what: string;
  request: Request;
  /** At least one. */
  allowed: readonly Allowed[];
};

type Header = readonly [name: string, value: string];
export type Head = { method?: string; target: string; headers?: readonly Header[] };
export type Door = { host: string; path: string; token: string };

export const webhookTarget = ({ path, token }: Door): string => `${path}/${token}`;

/** A request whose length is announced rightly. */
export function requestOf(door: Door, head: Head, body: Buffer): Request {
  return requestWith(door, { ...head, headers: [...(head.headers ?? []), ["content-length", String(body.length)]] }, [
    body,
    body,
  ]);
}

/** A request whose framing is the caller's: `sent` goes over the wire, `seen` is what it means. */
export function requestWith(
  { host }: Door,
  { method = "POST", target, headers = [] }: Head,
  [sent, seen]: readonly [Buffer, Buffer],
): Request {
  const lines = [["host", host], ["connection", "close"], ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1");
  return { wire: Buffer.concat([head, sent]), body: seen, ends: false, isHead: method === "HEAD" };
}
