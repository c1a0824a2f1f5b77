import { BlockList, isIP } from "node:net";
import { entriesOf, textField } from "./text-field.ts";

/** A network: `10.0.0.0/8` is `{ address: "10.0.0.0", prefix: 8, family: "ipv4" }`; a lone address has the full prefix. */
export type Cidr = { address: string; prefix: number; family: "ipv4" | "ipv6" };

export const cidrList = textField(
  {
    rule: "must be a comma-separated list of networks (CIDR) or addresses",
    fix: "Write for example 10.0.0.0/8,192.168.1.7,fd00::/8",
  },
  (text) => allOf(entriesOf(text), readCidr),
);

/** For `check(address, family)`: is the address in one of the networks? */
export function toBlockList(cidrs: readonly Cidr[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of cidrs) list.addSubnet(address, prefix, family);
  return list;
}

function readCidr(text: string): Cidr | undefined {
  const [address = "", prefixText, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes("%")) return undefined;
  const bits = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix <= bits ? { address, prefix, family: version === 4 ? "ipv4" : "ipv6" } : undefined;
}

function allOf<T>(entries: readonly string[], read: (entry: string) => T | undefined): T[] | undefined {
  const values = entries.map(read).filter((value) => value !== undefined);
  return values.length === entries.length && values.length > 0 ? values : undefined;
}
