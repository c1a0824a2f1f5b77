import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { knock, masked, webhookUrlFor } from "../../src/simulate/find-ingress.ts";

const running = { ingressUrl: "http://127.0.0.1:4100", webhookUrl: "http://localhost:4100/webhooks/danaya/from-start" };

describe("where to post", () => {
  it.each([
    ["what npm start wrote", {}, {}, "http://127.0.0.1:4100/webhooks/danaya/from-start"],
    [
      "that also where PORT asked for any free one",
      {},
      { PORT: "0" },
      "http://127.0.0.1:4100/webhooks/danaya/from-start",
    ],
    ["PORT before that", {}, { PORT: "3300" }, "http://127.0.0.1:3300/webhooks/danaya/from-start"],
    ["--url before both", { url: "https://x.example/" }, { PORT: "1" }, "https://x.example/webhooks/danaya/from-start"],
    [
      "a whole webhook URL as it is",
      { url: "https://x.example/webhooks/danaya/t" },
      {},
      "https://x.example/webhooks/danaya/t",
    ],
    [
      "the first token of the environment",
      {},
      { DANAYA_WEBHOOK_TOKENS: "new:aaa, old:bbb" },
      "http://127.0.0.1:4100/webhooks/danaya/aaa",
    ],
    ["a token without a name", {}, { DANAYA_WEBHOOK_TOKENS: "aaa" }, "http://127.0.0.1:4100/webhooks/danaya/aaa"],
    [
      "--token before all",
      { token: "mine" },
      { DANAYA_WEBHOOK_TOKENS: "aaa" },
      "http://127.0.0.1:4100/webhooks/danaya/mine",
    ],
  ])("is %s", (_what, asked, env, url) => {
    expect(webhookUrlFor(asked, env, running)).toBe(url);
  });

  it("is port 3000 of this machine when nothing is known but a token", () => {
    expect(webhookUrlFor({ token: "t" }, {}, null)).toBe("http://127.0.0.1:3000/webhooks/danaya/t");
  });

  it("can't be told without a token, and says how to come by one", () => {
    expect(() => webhookUrlFor({}, {}, null)).toThrow(/npm start/);
  });

  it("is shown without the token", () => {
    expect(masked("http://h:1/webhooks/danaya/secret")).toBe("http://h:1/webhooks/danaya/…");
  });
});

describe("before the first delivery", () => {
  it("one sentence says that nobody listens, and what to do", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((resolve) => server.close(resolve));
    await expect(knock(`${url}/webhooks/danaya/secret`)).rejects.toThrow(
      `no ingress at ${url} (ECONNREFUSED); start one with npm start`,
    );
  });
});
