import { gzipSync } from "node:zlib";
import type { Random } from "@receiver/simulation";
import { message } from "./bodies.ts";
import { type Allowed, type Door, type Request, requestOf, requestWith, webhookTarget } from "./input.ts";

/** A request in another form, with what may come of it. */
export type Varied = { what: string; request: Request; allowed: readonly [Allowed, ...Allowed[]] };
type Vary = (door: Door, random: Random) => Varied;

const TAKEN = ["taken"] as const;
const REFUSED = ["MALFORMED_REQUEST"] as const;
const BODY_LIMIT_BYTES = 2 * 1_024 * 1_024;

const body = (random: Random): Buffer => Buffer.from(JSON.stringify(message(random)));

const withHeader =
  (what: string, name: string, values: readonly [string, ...string[]]): Vary =>
  (door, random) => ({
    what,
    request: requestOf(door, { target: webhookTarget(door), headers: [[name, random.pick(values)]] }, body(random)),
    allowed: TAKEN,
  });

/** None of them is a reason to lose a message. */
export const headerVariations: readonly [Vary, ...Vary[]] = [
  withHeader("content-type", "content-type", [
    ...([
      "text/plain",
      ";;;",
      "",
      "application/json; charset=utf-16",
      "multipart/form-data",
      "a".repeat(4_000),
    ] as const),
    ...["application/json, text/html", "\u00e9\u00ff", "application/x-www-form-urlencoded", "*/*", "json"],
  ]),
  withHeader("content-encoding", "content-encoding", ["gzip", "br", "identity", "x", "gzip, gzip"]),
  withHeader("expect", "expect", ["100-continue", "200-ok", "x", ""]),
  withHeader("upgrade", "upgrade", ["websocket", "h2c", "x"]),
  withHeader("accept", "accept", ["text/html", "", "application/xml;q=9", "../../etc/passwd"]),
  withHeader("forwarded", "x-forwarded-for", ["127.0.0.1", "::1, x", "' or 1=1", ",,,", "1".repeat(3_000), "\u00ff"]),
  withHeader("host of another", "x-forwarded-host", ["evil.example", "a b", ""]),
  withHeader("authorization", "authorization", ["Basic ====", "Bearer \u00ff", "Basic YTpi", ""]),
  withHeader("method of another", "x-http-method-override", ["DELETE", "GET", "PUT"]),
  withHeader("accept-version", "accept-version", ["1.x", "*", "0.0.0", "x"]),
  withHeader("content-length again", "x-content-length", ["0", "-1"]),
  (door, random) => {
    const count = random.pick([100, 500, 1_000, 3_000]);
    const headers = Array.from({ length: count }, () => ["a", ""] as const);
    const request = requestOf(door, { target: webhookTarget(door), headers }, body(random));
    // Node has limits of its own for their number and for their length together.
    return { what: `${count} headers`, request, allowed: count > 500 ? ["taken", "HEADERS_TOO_LARGE"] : TAKEN };
  },
  (door, random) => {
    const length = random.pick([8_000, 17_000, 100_000]);
    const headers = [["x-long", "a".repeat(length)]] as const;
    const request = requestOf(door, { target: webhookTarget(door), headers }, body(random));
    return { what: `a header of ${length}`, request, allowed: length > 16_384 ? ["HEADERS_TOO_LARGE"] : TAKEN };
  },
  (door, random) => {
    const sent = gzipSync(body(random));
    const request = requestOf(door, { target: webhookTarget(door), headers: [["content-encoding", "gzip"]] }, sent);
    return { what: "compressed", request, allowed: TAKEN };
  },
];

/** What the head says of where the body ends. */
export const framingVariations: readonly [Vary, ...Vary[]] = [
  (door, random) => {
    const whole = body(random);
    const parts = [whole.subarray(0, 1), whole.subarray(1, 200), whole.subarray(200)].filter(
      ({ length }) => length > 0,
    );
    const sent = Buffer.concat([...parts.map(chunkOf), Buffer.from("0\r\n\r\n")]);
    const name = random.pick(["transfer-encoding", "Transfer-Encoding"]);
    return framed(door, "in chunks", [[name, random.pick(["chunked", "Chunked"])]], [sent, whole], TAKEN);
  },
  (door, random) => {
    const whole = body(random);
    const sent = random.pick(["zz\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "\r\n"]);
    return framed(door, "bad chunks", [["transfer-encoding", "chunked"]], [Buffer.from(sent), whole], REFUSED);
  },
  (door, random) => {
    const whole = body(random);
    const headers = [
      ["content-length", String(whole.length)],
      ["transfer-encoding", "chunked"],
    ] as const;
    return framed(door, "both lengths", headers, [Buffer.concat([chunkOf(whole), END]), whole], REFUSED);
  },
  (door, random) => {
    const whole = body(random);
    const headers = [
      ["content-length", String(whole.length)],
      ["content-length", "5"],
    ] as const;
    return framed(door, "two lengths", headers, [whole, whole], REFUSED);
  },
  (door, random) => {
    const whole = body(random);
    const length = random.pick(["-1", "0x10", "1e3", "9".repeat(30), "+5", "5, 5", "\u00b2", "1 2"]);
    return framed(door, "no length", [["content-length", length]], [whole, whole], REFUSED);
  },
  (door, random) => {
    const whole = body(random);
    const announced = random.whole(0, whole.length - 1);
    const headers = [["content-length", String(announced)]] as const;
    // What follows the body is the beginning of a second request, and none: its refusal may come before the first one's answer.
    const allowed = ["taken", "MALFORMED_REQUEST"] as const;
    return framed(door, "too short a length", headers, [whole, whole.subarray(0, announced)], allowed);
  },
  (door, random) => {
    const whole = body(random);
    const headers = [["content-length", String(whole.length + random.whole(1, 5_000))]] as const;
    const varied = framed(door, "ends early", headers, [whole, Buffer.alloc(0)], ["BODY_INCOMPLETE"]);
    return { ...varied, request: { ...varied.request, ends: true } };
  },
  (door, random) => {
    const whole = body(random);
    const headers = [["content-length", String(whole.length + 1)]] as const;
    return framed(door, "never ends", headers, [whole, Buffer.alloc(0)], ["REQUEST_TIMEOUT"]);
  },
  (door, random) => {
    const whole = body(random);
    const coding = random.pick(["gzip", "identity", "xchunked", "chunked, gzip", "chunked, chunked"]);
    return framed(door, "another coding", [["transfer-encoding", coding]], [whole, whole], REFUSED);
  },
  (door) => framed(door, "no body", [], [Buffer.alloc(0), Buffer.alloc(0)], TAKEN),
  (door, random) => {
    const whole = Buffer.alloc(BODY_LIMIT_BYTES + random.whole(1, 1_000), " ");
    return {
      what: "too large",
      request: requestOf(door, { target: webhookTarget(door) }, whole),
      allowed: ["BODY_TOO_LARGE"],
    };
  },
];

const END = Buffer.from("0\r\n\r\n");
const chunkOf = (part: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);

function framed(
  door: Door,
  what: string,
  headers: readonly (readonly [string, string])[],
  bodies: readonly [Buffer, Buffer],
  allowed: Varied["allowed"],
): Varied {
  return { what, request: requestWith(door, { target: webhookTarget(door), headers }, bodies), allowed };
}
