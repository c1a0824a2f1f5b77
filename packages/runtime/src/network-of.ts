import { isIP } from "node:net";

const V4_IN_V6 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
/** A subscriber of IPv6 has at least these 64 bits for himself, hence as many addresses as he likes. */
const GROUPS_OF_A_NETWORK = 4;

/** Whom an address belongs to: an IPv4 address itself, the /64 of an IPv6 one. What is no address is one network together. */
export function networkOf(address: string): string {
  const v4 = V4_IN_V6.exec(address)?.[1] ?? address;
  if (isIP(v4) === 4) return v4;
  if (isIP(address) !== 6) return "no-address";
  const [start = "", end] = address.split("::");
  const head = groupsOf(start);
  const tail = groupsOf(end ?? "");
  const zeros = Array<string>(Math.max(0, GROUPS - head.length - tail.length)).fill("0");
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16).toString(16));
  return `${groups.slice(0, GROUPS_OF_A_NETWORK).join(":")}::/64`;
}

function groupsOf(text: string): string[] {
  return text === "" ? [] : text.split(":");
}
