import { isIP } from "node:net";
import { Agent, buildConnector } from "undici";
import type { AddressGuard } from "./address-guard.ts";
import { ForbiddenAddress } from "./forbidden-address.ts";
import { guardedLookup, type Resolve, systemResolve } from "./guarded-lookup.ts";

/**
 * Connections, kept for the next request to the same origin. Each is made to an address that the guard has seen: a name's by
 * its look-up, a literal one here, because Node looks up nothing then. Certificates are verified against the URL's host, not
 * the address. HTTP/1.1 only, so that one connection carries one request at a time.
 */
export function createGuardedAgent(mayConnect: AddressGuard, resolve: Resolve = systemResolve): Agent {
  const connect = buildConnector({
    lookup: guardedLookup(mayConnect, resolve),
    rejectUnauthorized: true, // also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise
    allowH2: false,
  });
  return new Agent({
    allowH2: false,
    connect: (options, callback) => {
      if (isIP(options.hostname) === 0 || mayConnect(options.hostname)) return connect(options, callback);
      process.nextTick(callback, new ForbiddenAddress(), null);
    },
  });
}
