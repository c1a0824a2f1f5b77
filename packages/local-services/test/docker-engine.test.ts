import { expect, test } from "vitest";
import { findDockerEngine } from "../src/containers/docker-engine.ts";
import { fakeEngine } from "./fake-engine.ts";

test("takes the engine of DOCKER_HOST that answers a ping", async () => {
  const host = await fakeEngine((request, response) =>
    response.writeHead(request.url === "/_ping" ? 200 : 404).end("OK"),
  );
  expect(await findDockerEngine({ DOCKER_HOST: host })).toBe(host);
});

test("gives up within three seconds on an engine that accepts and never answers, because every test run waits for it", async () => {
  const host = await fakeEngine(() => undefined);
  const startedAt = performance.now();
  expect(await findDockerEngine({ DOCKER_HOST: host })).not.toBe(host);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test.each([
  ["a socket that isn't there", "unix:///nonexistent/docker.sock"],
  ["a port that nobody listens on", "tcp://127.0.0.1:1"],
  ["an address that can't be read", "docker"],
])("%s is no engine", async (_, host) => {
  expect(await findDockerEngine({ DOCKER_HOST: host })).not.toBe(host);
});

test("an engine that answers with an error is no engine", async () => {
  const host = await fakeEngine((_, response) => response.writeHead(500).end());
  expect(await findDockerEngine({ DOCKER_HOST: host })).not.toBe(host);
});
