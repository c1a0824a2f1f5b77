import { isIPv6 } from "node:net";

/** How many of an IPv6 address' eight groups name the network that one customer is given: a /64. */
const GROUPS_OF_A_NETWORK = 4;

/**
 * Whose address it is: an IPv4 address by itself, an IPv6 address by its /64, since who has one address of it has them all. An IPv4
 * address that a dual-stack socket writes as IPv6 is the same as ever.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(?<ipv4>\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.groups?.ipv4;
  if (mapped !== undefined) return mapped;
  const [withoutZone = ""] = address.split("%");
  return isIPv6(withoutZone) ? groupsOf(withoutZone).slice(0, GROUPS_OF_A_NETWORK).join(":") : address;
}

function groupsOf(address: string): string[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail] = canonical.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const omitted = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: omitted }, () => "0"), ...(tail ?? [])];
}
