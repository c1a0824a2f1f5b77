import type { Random } from "@receiver/simulation";
import { message } from "./bodies.ts";
import { type Allowed, type Door, requestOf, webhookTarget } from "./input.ts";
import type { Varied } from "./vary-requests.ts";

type Target = { what: string; target: string; allowed: readonly [Allowed, ...Allowed[]] };
type Vary = (door: Door, random: Random) => Target;

const TAKEN = ["taken"] as const;
/** The second once many have been tried. */
const NO_TOKEN = ["UNAUTHORISED", "TOO_MANY_FAILURES"] as const;
const NOWHERE = ["NOT_FOUND"] as const;

/** Where a request goes. With the right token behind whatever spelling of it, it is a delivery. */
const targetVariations: readonly [Vary, ...Vary[]] = [
  (door, random) => {
    const query = random.pick([
      "?",
      "?a=b",
      "?externalId=x%00y",
      "?__proto__[a]=1",
      `?${"a=1&".repeat(2_000)}`,
      "?%zz",
    ]);
    return { what: "with a query", target: `${webhookTarget(door)}${query}`, allowed: TAKEN };
  },
  (door) => ({ what: "closing slash", target: `${webhookTarget(door)}/`, allowed: TAKEN }),
  (door, random) => {
    const at = random.whole(0, door.token.length - 1);
    return { what: "token in % codes", target: `${door.path}/${percentCoded(door.token, at)}`, allowed: TAKEN };
  },
  (door) => ({ what: "whole address", target: `http://${door.host}${webhookTarget(door)}`, allowed: TAKEN }),
  ({ path, token }, random) => {
    const at = random.whole(0, token.length - 1);
    const other = token[at] === "A" ? "B" : "A";
    const target = `${path}/${token.slice(0, at)}${other}${token.slice(at + 1)}`;
    return { what: "one letter wrong", target, allowed: NO_TOKEN };
  },
  ({ path, token }, random) => {
    const target = `${path}/${token.slice(0, random.whole(1, token.length - 1))}`;
    return { what: "token cut short", target, allowed: NO_TOKEN };
  },
  ({ path, token }, random) => {
    const more = random.pick(["x", "%00", "%20", ";a=b", "%2F", "%0d%0aset-cookie:a", "%F0%9F%98%80", "'--", ".json"]);
    return { what: "token and more", target: `${path}/${token}${more}`, allowed: NO_TOKEN };
  },
  ({ path }, random) => {
    const token = random.pick([
      "x",
      "..",
      "*",
      "null",
      "__proto__",
      "constructor",
      "%00",
      "a".repeat(12_000),
      "%24%7B7*7%7D",
    ]);
    // A client that resolves dots would ask elsewhere; the server takes the path as it is written.
    return { what: "no token", target: `${path}/${token}`, allowed: NO_TOKEN };
  },
  (_door, random) => {
    const target = random.pick([
      "/",
      "//",
      "/webhooks",
      "/webhooks/danaya",
      "/metrics",
      "/api/deliveries",
      "/../etc/passwd",
    ]);
    return { what: "elsewhere", target, allowed: NOWHERE };
  },
  (door) => ({ what: "one level more", target: `${webhookTarget(door)}/more`, allowed: NOWHERE }),
  (door, random) => {
    const broken = random.pick(["%", "%z", "%zz", "%c3%28", "%ff"]);
    return { what: "broken % code", target: `${door.path}/${broken}`, allowed: NOWHERE };
  },
  ({ path, token }, random) => {
    const target = random.pick([
      `${path}/a b`,
      `${path}/\u0000${token}`,
      `${path}/\u007f`,
      `${path}/${token}\u00ff`,
      `${path}?\u00ff`,
      "webhooks",
      "",
    ]);
    return { what: "no target", target, allowed: ["MALFORMED_REQUEST"] };
  },
  ({ path, token }) => ({
    what: "longer than all headers may be",
    target: `${path}/${token}?${"a".repeat(17_000)}`,
    allowed: ["HEADERS_TOO_LARGE"],
  }),
];

export function varyTarget(door: Door, random: Random): Varied {
  const { what, target, allowed } = random.pick(targetVariations)(door, random);
  return { what, request: requestOf(door, { target }, bodyOf(random)), allowed };
}

const otherMethods = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] as const;
const strangeMethods = ["PROPFIND", "LOCK", "SEARCH", "QUERY", "M-SEARCH", "SUBSCRIBE"] as const;
const noMethods = ["FOO", "post", "P OST", "", "POST\u0000", "G\u00cbT", "XPOST"] as const;

/** What the request asks to be done. */
const methodVariations = {
  "another method": { methods: otherMethods, allowed: ["METHOD_NOT_ALLOWED"] },
  "a strange method": { methods: strangeMethods, allowed: ["NOT_FOUND", "METHOD_NOT_ALLOWED"] },
  "no method": { methods: noMethods, allowed: ["MALFORMED_REQUEST"] },
  // Node has no answer to it, and ends the connection.
  tunnel: { methods: ["CONNECT"], allowed: ["closed", "MALFORMED_REQUEST"] },
} as const;
const methodNames = Object.keys(methodVariations) as [
  keyof typeof methodVariations,
  ...(keyof typeof methodVariations)[],
];

export function varyMethod(door: Door, random: Random): Varied {
  const what = random.pick(methodNames);
  const { methods, allowed } = methodVariations[what];
  const method = random.pick<string>(methods);
  return { what, request: requestOf(door, { method, target: webhookTarget(door) }, bodyOf(random)), allowed };
}

const bodyOf = (random: Random): Buffer => Buffer.from(JSON.stringify(message(random)));

const percentCoded = (text: string, at: number): string =>
  `${text.slice(0, at)}%${text.charCodeAt(at).toString(16)}${text.slice(at + 1)}`;
