import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { signatureHeaders } from "../src/deliver/sign.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

test("the signature is that of the specification: HMAC-SHA256 of id, time in seconds and body, under the decoded secret", () => {
  const at = new Date(1_614_265_330_999);
  const body = '{"test": 2432232314}';
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(`msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.${body}`).digest("base64");
  expect(signatureHeaders({ id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body, secret, at })).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": `v1,${mac}`,
  });
});

test("a body that is not ASCII is signed as the bytes that are sent", () => {
  const at = new Date(1_614_265_330_000);
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(Buffer.from('msg_1.1614265330.{"a":"é€😀"}', "utf8")).digest("base64");
  expect(signatureHeaders({ id: "msg_1", body: '{"a":"é€😀"}', secret, at })["webhook-signature"]).toBe(`v1,${mac}`);
});

test("a secret that can't sign is a defect, and throws", () => {
  expect(() => signatureHeaders({ id: "msg_1", body: "{}", secret: "", at: new Date() })).toThrow();
});
