import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSigned } from "@receiver/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LOOPBACK, openEndless, openTarget, openTestClient } from "./open-test-client.ts";

describe("the answer to an outgoing request", () => {
  test("is its status, its body and how long the other side wants to be left alone", async () => {
    const target = await openTarget({ status: 503, headers: { "retry-after": "7" }, body: "later" });
    const answer = await openTestClient({ allow: LOOPBACK })(target.url);
    expect(answer).toEqual({ kind: "answered", status: 503, retryAfterMs: 7_000, body: Buffer.from("later") });
  });

  test("is read up to its limit when it has no end, and costs the connection then", async () => {
    const endless = await openEndless(400, 1);
    const answer = await openTestClient({ allow: LOOPBACK })(endless.url);
    expect(answer).toMatchObject({ kind: "answered", status: 200, body: "too-long" });
    await vi.waitUntil(() => endless.closed.length === 1);
  });

  test("is cut short when it trickles for longer than the time it has", async () => {
    const slow = await openEndless(1, 20);
    const answer = await openTestClient({ allow: LOOPBACK })(slow.url, { limitMs: 200 });
    expect(answer).toMatchObject({ kind: "answered", status: 200, body: "cut-short" });
    await vi.waitUntil(() => slow.closed.length === 1);
  });

  test("is late when no status comes in time, or nobody waits for it any more", async () => {
    const target = await openTarget("hang", "hang");
    const get = openTestClient({ allow: LOOPBACK });
    expect(await get(target.url, { limitMs: 50 })).toEqual({ kind: "late" });
    expect(await get(target.url, { givenUp: AbortSignal.timeout(50) })).toEqual({ kind: "late" });
  });
});

describe("over TLS", () => {
  /** The certificate is for `localhost`, and nobody vouches for it. */
  async function openTlsTarget() {
    let requests = 0;
    const server = createServer(selfSigned(), (_request, response) => {
      requests += 1;
      response.end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return { url: `https://localhost:${(server.address() as AddressInfo).port}/`, requests: () => requests };
  }

  test("nothing is sent to who can't prove the URL's name", async () => {
    const target = await openTlsTarget();
    expect(await openTestClient({ allow: LOOPBACK })(target.url)).toEqual({ kind: "unreachable" });
    expect(target.requests()).toBe(0);
  });

  test("nothing is sent to him either where the environment switches verification off", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    const target = await openTlsTarget();
    expect(await openTestClient({ allow: LOOPBACK })(target.url)).toEqual({ kind: "unreachable" });
    expect(target.requests()).toBe(0);
  });
});
