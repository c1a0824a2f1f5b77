import { isIP } from "node:net";
import { type Cidr, toBlockList } from "@receiver/runtime";
import { firstPlace } from "./match-secret.ts";
import type { HeaderCheck } from "./request-check.ts";

/** By the address of who sent it, behind the proxies that were declared: another one's `X-Forwarded-For` is not looked at. */
export function createSenderCheck(allowed: readonly Cidr[]): HeaderCheck {
  const networks = allowed.map((network) => toBlockList([network]));
  return {
    name: "sender",
    fits: ({ ip }) => {
      const version = isIP(ip);
      if (version === 0) return null; // a proxy may hand on what is no address
      return firstPlace(networks.map((network) => network.check(ip, version === 4 ? "ipv4" : "ipv6")));
    },
  };
}
