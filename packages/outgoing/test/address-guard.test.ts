import { fields } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { createAddressGuard } from "../src/address-guard.ts";

const guard = (allowed = "") => createAddressGuard(allowed === "" ? [] : fields.cidrList.parse(allowed));

describe("an address that a URL leads to", () => {
  const isPublic = guard();

  test.each([
    ["this host", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["private, class A", "10.0.0.1"],
    ["private, its end", "10.255.255.255"],
    ["carrier-grade NAT", "100.64.0.1"],
    ["carrier-grade NAT, its end", "100.127.255.255"],
    ["loopback", "127.0.0.1"],
    ["loopback, its end", "127.255.255.254"],
    ["the clouds' metadata", "169.254.169.254"],
    ["a container's metadata", "169.254.170.2"],
    ["a cloud's host, which hands out a machine's settings, although its network is public", "168.63.129.16"],
    ["private, class B", "172.16.0.1"],
    ["private, class B, its end", "172.31.255.255"],
    ["protocol assignments", "192.0.0.8"],
    ["documentation", "192.0.2.1"],
    ["a 6to4 relay", "192.88.99.1"],
    ["private, class C", "192.168.0.1"],
    ["benchmarks", "198.19.255.255"],
    ["documentation, second", "198.51.100.7"],
    ["documentation, third", "203.0.113.7"],
    ["multicast", "224.0.0.1"],
    ["multicast, its end", "239.255.255.250"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified, IPv6", "::"],
    ["loopback, IPv6", "::1"],
    ["loopback written out", "0:0:0:0:0:0:0:1"],
    ["IPv4-mapped loopback", "::ffff:127.0.0.1"],
    ["IPv4-mapped loopback in hexadecimal", "::ffff:7f00:1"],
    ["IPv4-mapped metadata", "::ffff:a9fe:a9fe"],
    ["IPv4-mapped, even of a public address", "::ffff:8.8.8.8"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["IPv4-translated", "::ffff:0:127.0.0.1"],
    ["NAT64", "64:ff9b::7f00:1"],
    ["NAT64, local use", "64:ff9b:1::1"],
    ["discard-only", "100::1"],
    ["6to4 of loopback", "2002:7f00:1::1"],
    ["6to4 of a private address", "2002:c0a8:1::"],
    ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["benchmarks, IPv6", "2001:2::1"],
    ["documentation, IPv6", "2001:db8::1"],
    ["documentation, new IPv6", "3fff::1"],
    ["private, IPv6", "fd12:3456:789a::1"],
    ["private, IPv6, the other half", "fc00::1"],
    ["a cloud's metadata, IPv6", "fd00:ec2::254"],
    ["link-local, IPv6", "fe80::1"],
    ["link-local with its zone", "fe80::1%eth0"],
    ["a public one with a zone", "2a00:1450:4007:80e::200e%eth0"],
    ["site-local", "fec0::1"],
    ["multicast, IPv6", "ff02::1"],
    ["not routed at all", "4000::1"],
  ])("is refused when it is not public: %s, %s", (_kind, address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each(["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "example.org", "", "[::1]", "1.1.1.1:80"])(
    "is refused when it is no address at all, since who sees one in it may see another: %j",
    (text) => {
      expect(isPublic(text)).toBe(false);
    },
  );

  test.each([
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4007:80e::200e",
    "2001:200::1",
  ])("is reached when it is public, right beside the closed networks too: %s", (address) => {
    expect(isPublic(address)).toBe(true);
  });
});

describe("OUTGOING_ALLOW", () => {
  test("opens its networks and nothing beside them", () => {
    const mayConnect = guard("10.1.0.0/16, fd00::/8");
    expect(["10.1.2.3", "fd12::1"].map(mayConnect)).toEqual([true, true]);
    expect(["10.2.0.1", "127.0.0.1", "fc00::1", "::1"].map(mayConnect)).toEqual([false, false, false, false]);
  });

  test("opens a network's IPv4-mapped form too, because it leads to the same host", () => {
    const mayConnect = guard("127.0.0.0/8");
    expect(mayConnect("::ffff:127.0.0.1")).toBe(true);
    expect(mayConnect("::ffff:10.0.0.1")).toBe(false);
  });

  test("does not open IPv4 when it names an IPv6 network", () => {
    expect(guard("::1/128")("127.0.0.1")).toBe(false);
  });

  test("does not open an address with a zone, which is local whatever its digits say", () => {
    expect(guard("fe80::/10")("fe80::1%eth0")).toBe(false);
  });
});
