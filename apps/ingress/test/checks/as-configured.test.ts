import { startApp } from "@receiver/runtime";
import { expect, it, onTestFinished } from "vitest";
import { config } from "../../src/config.ts";
import { startIngress } from "../../src/start-ingress.ts";
import { captureLog } from "../ingress-under-test.ts";
import { hmacOf, signatureHeaders, signatureSecret } from "./signing.ts";

/** No JSON: who may send it is told so, and nobody else. */
const body = "{";
const { text: secret } = signatureSecret();
const headers: Record<string, string> = {
  ...signatureHeaders({ secret, body }),
  "x-signature": `sha256=${hmacOf(body, "PLANTED-hmac").toString("hex")}`,
  "x-webhook-key": "PLANTED-header",
  authorization: `Basic ${Buffer.from("danaya:PLANTED-basic").toString("base64")}`,
};

it("a process asks for all that its environment says, and writes none of it down", async () => {
  const log = captureLog();
  const app = await startApp({
    name: "ingress",
    env: {
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
      PORT: "0",
      DANAYA_WEBHOOK_TOKENS: "PLANTED-token",
      ALLOWED_SENDERS: "127.0.0.0/8",
      WEBHOOK_HEADER: "X-Webhook-Key:PLANTED-header",
      WEBHOOK_BASIC: "danaya:PLANTED-basic",
      WEBHOOK_SIGNATURE_SECRETS: secret,
      WEBHOOK_HMAC_KEYS: "PLANTED-hmac",
      WEBHOOK_HMAC_HEADER: "X-Signature",
      WEBHOOK_HMAC_PREFIX: "sha256=",
      LOG_LEVEL: "debug",
      STOP_GRACE: "1s",
    },
    config,
    start: startIngress,
    destination: log.destination,
  });
  onTestFinished(() => app.stop());
  const post = async (without?: string) => {
    const sent = Object.entries(headers).filter(([name]) => name !== without);
    const url = `${app.urls.url}/webhooks/danaya/PLANTED-token`;
    return (await fetch(url, { method: "POST", body, headers: Object.fromEntries(sent) })).status;
  };
  expect(await post()).toBe(400);
  for (const name of Object.keys(headers)) expect([name, await post(name)]).toEqual([name, 401]);
  expect(log.events("weak-webhook-secret")).toMatchObject([
    { variables: ["DANAYA_WEBHOOK_TOKENS", "WEBHOOK_HEADER", "WEBHOOK_BASIC", "WEBHOOK_HMAC_KEYS"] },
  ]);
  expect(log.text()).not.toContain("PLANTED");
  expect(log.text()).not.toContain(secret);
});
