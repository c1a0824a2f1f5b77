import { fields } from "@receiver/runtime";
import { type Answer as Given, receivingServer } from "@receiver/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DanayaApiOptions, openDanayaApi } from "../src/index.ts";

const outgoingAllow = fields.cidrList.parse("127.0.0.1");

async function asking(answers: Given[], options: Partial<DanayaApiOptions> = {}) {
  const server = await receivingServer(...answers);
  const api = openDanayaApi({
    baseUrl: server.url,
    apiKey: "the-key",
    apiSecret: "the-secret",
    outgoingAllow,
    ...options,
  });
  onTestFinished(async () => {
    await api.close();
    await server.close();
  });
  return { api, server };
}

describe("a question to Danaya's API", () => {
  test("is a GET with both credentials in headers, and its answer bears the time at which it was put", async () => {
    const { api, server } = await asking([{ status: 200, body: '{"id":1}' }]);
    const before = Date.now();
    const answer = await api.lookUp("g2f3e4d5-1");
    expect(answer).toMatchObject({ kind: "answered", body: Buffer.from('{"id":1}') });
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: "GET",
      path: "/v1/clients-files/client-file-to-analyze-id/g2f3e4d5-1",
      headers: { "api-key": "the-key", "api-secret": "the-secret" },
      body: "",
    });
    const askedAt = answer.kind === "answered" ? answer.askedAt.getTime() : Number.NaN;
    expect(askedAt).toBeGreaterThanOrEqual(before);
    expect(askedAt).toBeLessThanOrEqual(request?.at ?? 0); // the start: what Danaya learned later is not in the answer
  });

  test.each([
    ["client:1 /?#%", "/v1/clients-files/client-file-to-analyze-id/client%3A1%20%2F%3F%23%25"],
    ["../../admin", "/v1/clients-files/client-file-to-analyze-id/..%2F..%2Fadmin"],
  ])("stays in its path, because ids are opaque: %s", async (uuid, path) => {
    const { api, server } = await asking([404]);
    await api.lookUp(uuid);
    expect(server.requests[0]?.path).toBe(path);
  });

  test.each([".", ".."])("is not put for %s, which no path can bear", async (uuid) => {
    const { api, server } = await asking([200]);
    expect(await api.lookUp(uuid)).toEqual({ kind: "declined" });
    expect(server.requests).toEqual([]);
  });

  test("goes below the base URL's own path", async () => {
    const server = await receivingServer(404);
    const api = openDanayaApi({ baseUrl: `${server.url}/gateway`, apiKey: "k", apiSecret: "s", outgoingAllow });
    await api.lookUp("u");
    expect(server.requests[0]?.path).toBe("/gateway/v1/clients-files/client-file-to-analyze-id/u");
    await api.close();
    await server.close();
  });
});

describe("what came of a question", () => {
  test.each<[string, Given, object]>([
    ["an unknown file", 404, { kind: "not-found" }],
    ["credentials that are refused", 401, { kind: "refused", httpStatus: 401 }],
    ["credentials that may not", 403, { kind: "refused", httpStatus: 403 }],
    [
      "too many questions",
      { status: 429, headers: { "retry-after": "7" } },
      { kind: "busy", httpStatus: 429, retryAfterMs: 7_000 },
    ],
    ["maintenance", 503, { kind: "busy", httpStatus: 503, retryAfterMs: null }],
    ["an error of theirs", 500, { kind: "unreachable" }],
    ["a connection that breaks", "reset", { kind: "unreachable" }],
    ["a uuid that it takes for none", 400, { kind: "declined" }],
    ["a file that is no more", 410, { kind: "declined" }],
    ["a question that took too long to put", 408, { kind: "unreachable" }],
    ["a success without a body", 204, { kind: "unusable" }],
    ["an answer without end", { status: 200, body: "x".repeat(2 * 1_024 * 1_024 + 1) }, { kind: "unusable" }],
  ])("is told apart: %s", async (_what, given, expected) => {
    const { api } = await asking([given]);
    expect(await api.lookUp("u")).toEqual(expected);
  });

  test("is no answer of whoever a redirect leads to, because the secret would go there", async () => {
    const { server: elsewhere } = await asking([200]);
    const { api } = await asking([{ status: 302, headers: { location: `${elsewhere.url}/stolen` } }]);
    expect(await api.lookUp("u")).toEqual({ kind: "unusable" });
    expect(elsewhere.requests).toEqual([]);
  });

  test("is forbidden at an address that is neither public nor allowed: nobody hears the secret", async () => {
    const { api, server } = await asking([200], { outgoingAllow: [] });
    expect(await api.lookUp("u")).toEqual({ kind: "forbidden" });
    expect(server.requests).toEqual([]);
  });

  test("is unreachable when the answer does not come in time, nobody waits for it any more, or the host is not there", async () => {
    const { api } = await asking(["hang"], { limitMs: 50 });
    expect(await api.lookUp("u")).toEqual({ kind: "unreachable" });
    const { api: patient } = await asking(["hang"]);
    expect(await patient.lookUp("u", AbortSignal.timeout(50))).toEqual({ kind: "unreachable" });
    const { api: nowhere } = await asking([], { baseUrl: "http://127.0.0.1:1" });
    expect(await nowhere.lookUp("u")).toEqual({ kind: "unreachable" });
  });
});
