import { expect, onTestFinished, test } from "vitest";
import { type Answer, receivingServer } from "../src/receiving-server.ts";

async function endpoint(...answers: Answer[]) {
  const server = await receivingServer(...answers);
  onTestFinished(server.close);
  return server;
}

const post = (url: string, body = "", signal: AbortSignal | null = null) =>
  fetch(url, { method: "POST", body, signal });

test("answers by its script, and with 200 after its end", async () => {
  const server = await endpoint(500, { status: 429, headers: { "retry-after": "7" }, body: "later" });
  const answers = [await post(server.url), await post(server.url), await post(server.url)];
  expect(answers.map(({ status }) => status)).toEqual([500, 429, 200]);
  expect(answers[1]?.headers.get("retry-after")).toBe("7");
  expect(await answers[1]?.text()).toBe("later");
});

test("takes further answers while it runs", async () => {
  const server = await endpoint();
  server.answerNext(503);
  expect((await post(server.url)).status).toBe(503);
});

test("records path, headers and the body byte for byte, because that is what a signature covers", async () => {
  const server = await endpoint();
  await fetch(`${server.url}/hook?a=1`, { method: "POST", body: '{ "é": 1 }', headers: { "webhook-id": "n-1" } });
  expect(server.requests).toMatchObject([{ method: "POST", path: "/hook?a=1", body: '{ "é": 1 }' }]);
  expect(server.requests[0]?.headers["webhook-id"]).toBe("n-1");
});

test("can leave a request without an answer, or break its connection", async () => {
  const server = await endpoint("hang", "reset");
  const giveUp = new AbortController();
  const hanging = post(server.url, "", giveUp.signal);
  await expect.poll(() => server.requests.length).toBe(1);
  await expect(post(server.url)).rejects.toThrow("fetch failed");
  giveUp.abort();
  await expect(hanging).rejects.toThrow("aborted");
});
