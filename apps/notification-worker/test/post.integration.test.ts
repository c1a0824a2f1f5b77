import { type OutgoingOptions, openOutgoing } from "@receiver/outgoing";
import { fields } from "@receiver/runtime";
import { receivingServer, type Answer as ScriptedAnswer } from "@receiver/testing";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, test } from "vitest";
import { createPost } from "../src/deliver/post.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"type":"client_file.approved","data":{"externalId":"é€😀"}}';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Sends to `url`; `resolve` answers instead of the system. */
function poster({ allow = "", limitMs = 5_000, ...options }: Settings = {}) {
  const outgoing = openOutgoing({ allow: allow === "" ? [] : fields.cidrList.parse(allow), ...options });
  open.push(outgoing);
  const post = createPost(outgoing, limitMs);
  const send = (url: string) => post({ id: "msg_1", body, subscriber: { id: "s", url, secret } });
  return Object.assign(send, { close: outgoing.close });
}

type Settings = { allow?: string; limitMs?: number } & Pick<OutgoingOptions, "resolve">;

async function subscriber(...answers: ScriptedAnswer[]) {
  const server = await receivingServer(...answers);
  open.push(server);
  return server;
}

const LOOPBACK = "127.0.0.0/8,::1";

describe("a notification's request", () => {
  test("bears exactly the stored text, and a signature that the reference library accepts", async () => {
    const server = await subscriber();
    const attempt = await poster({ allow: LOOPBACK })(`${server.url}/hooks?a=b`);
    expect(attempt.answer).toEqual({ kind: "answered", httpStatus: 200, retryAfterMs: null });
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: "POST",
      path: "/hooks?a=b",
      body,
      headers: { "content-type": "application/json", "user-agent": "danaya-receiver", "webhook-id": "msg_1" },
    });
    expect(new Webhook(secret).verify(request?.body ?? "", { ...request?.headers } as Record<string, string>)).toEqual(
      JSON.parse(body),
    );
  });

  test("takes a status for an answer, and what a refusal says of the next try", async () => {
    const server = await subscriber(500, { status: 429, headers: { "retry-after": "7" } }, 410);
    const send = poster({ allow: LOOPBACK });
    expect((await send(server.url)).answer).toEqual({ kind: "answered", httpStatus: 500, retryAfterMs: null });
    expect((await send(server.url)).answer).toEqual({ kind: "answered", httpStatus: 429, retryAfterMs: 7_000 });
    expect((await send(server.url)).answer).toMatchObject({ httpStatus: 410 });
  });

  test("does not follow a redirect, because nobody checked where it leads", async () => {
    const target = await subscriber();
    const server = await subscriber({ status: 307, headers: { location: target.url } });
    expect((await poster({ allow: LOOPBACK })(server.url)).answer).toMatchObject({ httpStatus: 307 });
    expect(target.requests).toEqual([]);
  });

  test("ends when the subscriber hangs, so that it does not keep a worker's place", async () => {
    const server = await subscriber("hang");
    const attempt = await poster({ allow: LOOPBACK, limitMs: 100 })(server.url);
    expect(attempt.answer).toEqual({ kind: "silent", code: "SUBSCRIBER_TIMEOUT" });
    expect(attempt.latencyMs).toBeGreaterThanOrEqual(90);
  });

  test("that the end of our own process cuts short is no failure of the subscriber's", async () => {
    const server = await subscriber("hang");
    const send = poster({ allow: LOOPBACK });
    const sending = send(server.url).catch((thrown: unknown) => thrown);
    await expect.poll(() => server.requests.length).toBe(1);
    await send.close();
    expect(await sending).toMatchObject({ code: "STOPPING", infrastructure: true });
  });

  test("counts as delivered when a body without end follows the 200, of which only a bounded part is read", async () => {
    const server = await subscriber({ status: 200, body: "x".repeat(5_000_000) });
    const attempt = await poster({ allow: LOOPBACK })(server.url);
    expect(attempt.answer).toMatchObject({ kind: "answered", httpStatus: 200 });
  });

  test("tells a subscriber that hangs up from one that answers", async () => {
    const server = await subscriber("reset");
    const { answer } = await poster({ allow: LOOPBACK })(server.url);
    expect(answer).toEqual({ kind: "silent", code: "SUBSCRIBER_UNREACHABLE" });
  });

  test("finds nobody at a closed port or under an unknown name", async () => {
    const server = await receivingServer();
    await server.close();
    const unreachable = { kind: "silent", code: "SUBSCRIBER_UNREACHABLE" };
    expect((await poster({ allow: LOOPBACK })(server.url)).answer).toEqual(unreachable);
    const unknown = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    const send = poster({ resolve: () => Promise.reject(unknown) });
    expect((await send("http://nobody.example/")).answer).toEqual(unreachable);
  });

  test("is not sent to an address that is not public, unless it is allowed", async () => {
    const server = await subscriber();
    const { answer } = await poster()(server.url);
    expect(answer).toEqual({ kind: "silent", code: "SUBSCRIBER_ADDRESS_FORBIDDEN" });
    expect(server.requests).toEqual([]);
  });
});
