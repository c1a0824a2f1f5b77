import { type Cidr, ReceiverError } from "@receiver/runtime";
import { type Dispatcher, errors, request } from "undici";
import { createAddressGuard } from "./address-guard.ts";
import { ForbiddenAddress } from "./forbidden-address.ts";
import { createGuardedAgent } from "./guarded-agent.ts";
import type { Resolve } from "./guarded-lookup.ts";
import { readBounded } from "./read-bounded.ts";
import { readRetryAfter } from "./retry-after.ts";

export type OutgoingOptions = {
  /** Networks that may be reached although they are not public: OUTGOING_ALLOW. */
  allow: readonly Cidr[];
  /** All addresses of a host's name; the system's answer by default. */
  resolve?: Resolve;
};

export type OutgoingRequest = {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Milliseconds from the look-up of the name to the end of the answer. */
  limitMs: number;
  /** Of the answer's body. What is longer costs the connection. */
  limitBytes: number;
  /** Ends it earlier, as if it had come too late. */
  givenUp?: AbortSignal;
};

/** What came of a request. A redirect is an answer: nobody has checked where it leads, and it is not followed. */
export type Exchange =
  | { kind: "answered"; status: number; retryAfterMs: number | null; body: Uint8Array | "too-long" | "cut-short" }
  | { kind: "forbidden" } //    not http, a name and password in the URL, or an address that is neither public nor allowed
  | { kind: "late" } //         no status in time
  | { kind: "unreachable" }; // no such host, no connection, no trusted certificate, or hung up

export type Outgoing = {
  /** @throws ReceiverError STOPPING when it was closed meanwhile */
  exchange(request: OutgoingRequest): Promise<Exchange>;
  /** Ends what is under way, too. */
  close(): Promise<void>;
};

/** Connects on first use. It reads no proxy from the environment. */
export function openOutgoing({ allow, resolve }: OutgoingOptions): Outgoing {
  const agent = createGuardedAgent(createAddressGuard(allow), resolve);
  return {
    exchange: async (outgoing) => {
      const url = readUrl(outgoing.url);
      if (url === null) return { kind: "forbidden" };
      const late = AbortSignal.timeout(outgoing.limitMs);
      const signal = outgoing.givenUp ? AbortSignal.any([late, outgoing.givenUp]) : late;
      const { method, headers, body = null, limitBytes } = outgoing;
      try {
        return await answerOf(await request(url, { method, headers, body, signal, dispatcher: agent }), limitBytes);
      } catch (thrown) {
        return failureOf(thrown, signal);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Null for what is no http. http and https alike: which of them is for the caller to say. */
function readUrl(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  return url.username === "" && url.password === "" ? url : null; // a password in a URL ends in logs
}

async function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData, limitBytes: number): Promise<Exchange> {
  return {
    kind: "answered",
    status: statusCode,
    retryAfterMs: readRetryAfter(headers["retry-after"], Date.now()),
    body: await readBounded(body, limitBytes),
  };
}

/** What was thrown names the host, hence it goes no further. */
function failureOf(thrown: unknown, signal: AbortSignal): Exchange {
  if (thrown instanceof errors.ClientDestroyedError) throw new ReceiverError("STOPPING", { cause: thrown });
  if (thrown instanceof ForbiddenAddress) return { kind: "forbidden" };
  return { kind: signal.aborted || thrown instanceof errors.ConnectTimeoutError ? "late" : "unreachable" };
}
