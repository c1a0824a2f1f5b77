import { type ReceivingServer, receivingServer } from "@receiver/testing";
import { type Pipeline, TOKEN } from "../start-pipeline.ts";
import { markers } from "./markers.ts";

/** Records whatever is no success, to be searched: head and body. */
export type Errors = { texts: string[]; ask(url: string, init?: RequestInit): Promise<Response> };

export function recordErrors(): Errors {
  const texts: string[] = [];
  return {
    texts,
    ask: async (url, init = {}) => {
      const response = await fetch(url, { redirect: "manual", ...init });
      if (response.status !== 200) {
        const head = JSON.stringify([...response.headers]);
        texts.push(`${init.method ?? "GET"} ${response.status} ${head} ${await response.clone().text()}`);
      }
      return response;
    },
  };
}

const { name, accented, digits, secret, fact } = markers;
const inUrl = encodeURIComponent(`${name} ${accented} ${digits}`);
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** At the public door: tokens, paths and heads. */
export async function knockAtIngress({ ingress }: Pipeline, { ask }: Errors): Promise<void> {
  const post = { method: "POST", body: JSON.stringify({ [name]: accented }) };
  const door = `${ingress.url}/webhooks/danaya`;
  for (const path of [`/${secret}`, `/${TOKEN}${secret}`, `/%zz${secret}`, `/${inUrl}`, `/${TOKEN}/${secret}`]) {
    await ask(`${door}${path}`, post);
  }
  await ask(`${ingress.url}/${inUrl}?${secret}=${digits}`);
  await ask(`${door}/${TOKEN}?name=${inUrl}`, { method: "PUT", body: name });
  await ask(`${door}/${TOKEN}`, { ...post, body: "x".repeat(2_100_000) + name });
  await ask(`${door}/${TOKEN}`, { ...post, headers: { "content-type": `text/${name}`, "x-name": secret } });
  await ask(`${door}/${TOKEN}`, { ...post, headers: { "x-name": secret.repeat(2_000) } });
}

/** At the private one: log-ins, filters, addresses that lead nowhere, and bodies that are not as they should be. */
export async function knockAtOps({ ops }: Pipeline, { ask }: Errors, operator: Record<string, string>): Promise<void> {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const json = { "content-type": "application/json", ...operator };
  await ask(`${ops.url}/api/queues`, { headers: basic(name, secret) });
  await ask(`${ops.url}/api/queues`, { headers: { authorization: `Bearer ${secret}` } });
  await ask(`${ops.url}/login`, { method: "POST", headers: form, body: `name=${inUrl}&password=${secret}` });
  await ask(`${ops.url}/login`, { method: "POST", headers: form, body: `${name}=${secret}` });
  for (const path of ["/api/client-files", "/api/deliveries", "/api/notifications", `/api/${inUrl}`, "/"]) {
    for (const query of [`limit=${inUrl}`, `cursor=${name}`, `status=${name}`, `${name}=${secret}`, `state=${inUrl}`]) {
      await ask(`${ops.url}${path}?${query}`, { headers: operator });
    }
    await ask(`${ops.url}${path}/${inUrl}`, { headers: operator });
  }
  for (const path of ["/api/subscribers", "/api/client-files", "/api/deliveries/replay", "/api/status-map"]) {
    for (const body of [`{"${name}"`, JSON.stringify({ [name]: secret, url: name, reason: 1, companyId: [digits] })]) {
      await ask(`${ops.url}${path}`, { method: path.endsWith("map") ? "PUT" : "POST", headers: json, body });
    }
  }
  const queues = [`/queues/${inUrl}`, `/queues/api/queues/${inUrl}`, `/queues/api/queues?activeQueue=${inUrl}`];
  for (const path of queues) await ask(`${ops.url}${path}`, { headers: operator });
}

/** Whom to tell of this company fails, each in another way, with a person's data in its answer. Where they are is ours, and a row. */
export async function addFailingSubscribers(pipeline: Pipeline, company: string): Promise<ReceivingServer> {
  const link = `/${fact}?signature=${fact}`;
  const headers = { "x-name": name, location: `http://127.0.0.1:1/${name}?${secret}`, "retry-after": secret };
  const endpoint = await receivingServer(
    ...Array.from({ length: 400 }, (_, n) => ({ status: n % 2 ? 500 : 302, headers, body: `${accented} ${digits}` })),
  );
  const urls = [`${endpoint.url}${link}`, `http://127.0.0.1:1${link}`, `http://${fact}.invalid${link}`];
  for (const [n, url] of urls.entries()) {
    const subscriber = { name: `failing ${n}`, kind: "http", url, types: ["*"], companies: [company] };
    await pipeline.write("POST", "/api/subscribers", subscriber);
  }
  return endpoint;
}
