import { describe, expect, test } from "vitest";
import type { Address } from "../src/index.ts";
import { LOOPBACK, openTarget, openTestClient } from "./open-test-client.ts";

const forbidden = { kind: "forbidden" };
const reached = { kind: "answered", status: 200 };
const at = (...addresses: string[]): Address[] => addresses.map((address) => ({ address, family: 4 }));

describe("a URL that leads to an address that is not public", () => {
  const forms = [
    ["a plain address", "127.0.0.1"],
    ["a decimal number", "2130706433"],
    ["hexadecimal", "0x7f000001"],
    ["hexadecimal, short", "0x7f.1"],
    ["hexadecimal parts", "0x7f.0x0.0x0.0x1"],
    ["octal", "0177.0.0.1"],
    ["octal in one", "017700000001"],
    ["a short form", "127.1"],
    ["other digits", "①②⑦.⓪.⓪.①"],
    ["a closing dot", "127.0.0.1."],
    ["percent codes", "%31%32%37.0.0.1"],
    ["IPv6 loopback", "[::1]"],
    ["IPv4-mapped", "[::ffff:127.0.0.1]"],
    ["IPv4-mapped, hexadecimal", "[::ffff:7f00:1]"],
    ["localhost", "localhost"],
    ["localhost in capitals", "LOCALHOST"],
  ];

  test.each(forms)("is not connected to: %s", async (_form, host) => {
    const target = await openTarget();
    expect(await openTestClient()(`http://${host}:${target.port}/`)).toEqual(forbidden);
    expect(target.requests).toEqual([]);
  });

  test("would be reached in each of these forms if it were allowed, so that the tests above prove something", async () => {
    const target = await openTarget();
    const get = openTestClient({ allow: LOOPBACK });
    const hosts = forms.map(([, host]) => host).filter((host) => host !== "[::1]"); // where the target does not listen
    const answers = await Promise.all(hosts.map((host) => get(`http://${host}:${target.port}/`)));
    expect(answers).toMatchObject(hosts.map(() => reached));
  });

  test.each([
    ["the clouds' metadata", "http://169.254.169.254/latest/meta-data/"],
    ["the clouds' metadata as a number", "http://2852039166/"],
    ["the clouds' metadata, IPv4-mapped", "http://[::ffff:169.254.169.254]/"],
    ["the clouds' metadata, IPv6", "http://[fd00:ec2::254]/"],
    ["NAT64 of loopback", "http://[64:ff9b::127.0.0.1]/"],
    ["6to4 of a private address", "http://[2002:c0a8:1::1]/"],
    ["Teredo", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/"],
    ["an address with a zone", "http://[fe80::1%25eth0]/"],
    ["this host", "http://0/"],
    ["loopback over TLS", "https://127.0.0.1/"],
    ["localhost over TLS", "https://localhost/"],
  ])("is not connected to: %s", async (_what, url) => {
    expect(await openTestClient()(url)).toEqual(forbidden);
  });

  test("is not connected to when a public name leads to it", async () => {
    const get = openTestClient({ resolve: async () => at("169.254.169.254") });
    expect(await get("http://metadata.example/")).toEqual(forbidden);
  });
});

describe("a URL that is refused whatever its address", () => {
  test.each(["ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "unix:/run/docker.sock"])(
    "is not one of http: %s",
    async (url) => expect(await openTestClient()(url)).toEqual(forbidden),
  );

  test.each(["not a url", "", "http://", "//127.0.0.1/"])("is none at all: %j", async (url) => {
    expect(await openTestClient()(url)).toEqual(forbidden);
  });

  test.each(["user:password@", "user@", ":password@", "example.org@", "example.org%40"])(
    "bears a name or a password, which would hide its host and end in logs: %s",
    async (before) => {
      const target = await openTarget();
      expect(await openTestClient({ allow: LOOPBACK })(`http://${before}127.0.0.1:${target.port}/`)).not.toMatchObject(
        reached,
      );
      expect(target.requests).toEqual([]);
    },
  );
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])(
    "is an answer and is not followed, least of all to the metadata: %i",
    async (status) => {
      const elsewhere = await openTarget();
      const target = await openTarget(
        { status, headers: { location: "http://169.254.169.254/latest/meta-data/" } },
        { status, headers: { location: elsewhere.url } },
      );
      const get = openTestClient({ allow: LOOPBACK });
      expect(await get(target.url)).toMatchObject({ kind: "answered", status });
      expect(await get(target.url)).toMatchObject({ kind: "answered", status });
      expect([target.requests.length, elsewhere.requests.length]).toEqual([2, 0]);
    },
  );
});

describe("a name with several addresses, or with another one each time", () => {
  test("is asked for once and connected to at the address that was checked", async () => {
    const target = await openTarget();
    const answers = [at("127.0.0.1"), at("10.0.0.1")];
    let asked = 0;
    const get = openTestClient({ allow: "127.0.0.1", resolve: async () => answers[asked++] ?? [] });
    expect(await get(`http://rebinding.example:${target.port}/`)).toMatchObject(reached);
    expect(asked).toBe(1);
    expect(target.requests[0]?.headers.host).toBe(`rebinding.example:${target.port}`);
  });

  test("is refused when it turns to a forbidden address after its first connection has ended", async () => {
    const target = await openTarget({ status: 200, headers: { connection: "close" } });
    const answers = [at("127.0.0.1"), at("127.0.0.2")];
    const get = openTestClient({ allow: "127.0.0.1", resolve: async () => answers.shift() ?? [] });
    const url = `http://rebinding.example:${target.port}/`;
    expect(await get(url)).toMatchObject(reached);
    expect(await get(url)).toEqual(forbidden);
  });

  test("is connected to at those of its addresses that are permitted, never at the others", async () => {
    const target = await openTarget();
    const resolve = async () => at("10.0.0.1", "127.0.0.1", "169.254.169.254");
    const get = openTestClient({ allow: "127.0.0.1", resolve });
    expect(await get(`http://several.example:${target.port}/`)).toMatchObject(reached);
  });

  test("is not reached when it has none, or nobody knows it", async () => {
    expect(await openTestClient({ resolve: async () => [] })("http://nowhere.example/")).toEqual(forbidden);
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const get = openTestClient({ resolve: () => Promise.reject(unknown) });
    expect(await get("http://nobody.example/")).toEqual({ kind: "unreachable" });
  });
});
