import { lookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import type { AddressGuard } from "./address-guard.ts";
import { ForbiddenAddress } from "./forbidden-address.ts";

export type Address = { address: string; family: number };
/** All addresses of a host name, as the system resolves it. */
export type Resolve = (hostname: string) => Promise<Address[]>;

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

/**
 * For `net.connect`, which connects to what this answers and asks nobody again: a name that changes its mind between the
 * check and the connection gains nothing. Of several addresses those that are refused are left out; when none is left, it
 * fails with {@link ForbiddenAddress}.
 */
export function guardedLookup(mayConnect: AddressGuard, resolve: Resolve): LookupFunction {
  const permitted = async (hostname: string): Promise<[Address, ...Address[]]> => {
    const [first, ...others] = (await resolve(hostname)).filter(({ address }) => mayConnect(address));
    if (first === undefined) throw new ForbiddenAddress();
    return [first, ...others];
  };
  return (hostname, options, callback) => {
    permitted(hostname).then(
      (addresses) => {
        if (options.all) return callback(null, addresses);
        callback(null, addresses[0].address, addresses[0].family);
      },
      (thrown: NodeJS.ErrnoException) => callback(thrown, ""),
    );
  };
}
