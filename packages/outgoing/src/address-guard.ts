import { isIP } from "node:net";
import { type Cidr, toBlockList } from "@receiver/runtime";

/** May a connection be made to this address? What is not an IP address is refused. */
export type AddressGuard = (address: string) => boolean;

const ipv4 = (address: string, prefix: number): Cidr => ({ address, prefix, family: "ipv4" });
const ipv6 = (address: string, prefix: number): Cidr => ({ address, prefix, family: "ipv6" });

// Sources: IANA's registries of special-purpose addresses, IPv4 and IPv6 (RFC 6890 and its updates), and of multicast.
const closedIpv4 = toBlockList([
  ipv4("0.0.0.0", 8), // this host
  ipv4("10.0.0.0", 8), // private
  ipv4("100.64.0.0", 10), // carrier-grade NAT
  ipv4("127.0.0.0", 8), // loopback
  ipv4("168.63.129.16", 32), // Azure's WireServer: each machine's own host, in a network that is public by the registries
  ipv4("169.254.0.0", 16), // link-local, the clouds' metadata among it
  ipv4("172.16.0.0", 12), // private
  ipv4("192.0.0.0", 24), // protocol assignments
  ipv4("192.0.2.0", 24), // documentation
  ipv4("192.88.99.0", 24), // 6to4 relays
  ipv4("192.168.0.0", 16), // private
  ipv4("198.18.0.0", 15), // benchmarks
  ipv4("198.51.100.0", 24), // documentation
  ipv4("203.0.113.0", 24), // documentation
  ipv4("224.0.0.0", 4), // multicast
  ipv4("240.0.0.0", 4), // reserved, broadcast
]);

/** All unicast that is routed. Outside lie loopback, private, link-local, multicast, IPv4-mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96). */
const openIpv6 = toBlockList([ipv6("2000::", 3)]);
const closedIpv6 = toBlockList([
  ipv6("2001::", 23), // protocol assignments: Teredo, which embeds IPv4 addresses, among them
  ipv6("2001:db8::", 32), // documentation
  ipv6("2002::", 16), // 6to4, embeds IPv4 addresses
  ipv6("3fff::", 20), // documentation
]);

/** Public addresses, and those in `allowed`. An IPv4-mapped address counts as allowed where its IPv4 address is. */
export function createAddressGuard(allowed: readonly Cidr[]): AddressGuard {
  const exceptions = toBlockList(allowed);
  return (address) => {
    const version = isIP(address);
    if (version === 0 || address.includes("%")) return false; // a zone (fe80::1%eth0) makes an address local
    if (version === 4) return !closedIpv4.check(address, "ipv4") || exceptions.check(address, "ipv4");
    const isPublic = openIpv6.check(address, "ipv6") && !closedIpv6.check(address, "ipv6");
    return isPublic || exceptions.check(address, "ipv6");
  };
}
