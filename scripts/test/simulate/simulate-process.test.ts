import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { runCommand } from "@receiver/testing";
import { describe, expect, it, onTestFinished } from "vitest";

/** An ingress of ours: only its answers matter here. */
async function answering(answer: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    if (request.method === "POST") answer(request, response);
    else response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const simulate = (...args: string[]) => runCommand("simulate", args);

describe("simulate, as a process", { timeout: 20_000 }, () => {
  it("ends with 0 when every answer is 2xx, and tells them without the token", async () => {
    const url = await answering((_request, response) => response.end(JSON.stringify({ disposition: "accepted" })));
    const { code, out } = await simulate("--documented", "--url", url, "--token", "PLANTED").ended;
    expect(code).toBe(0);
    expect(out).toMatch(/\n {2}200 accepted +4 /);
    expect(out).not.toContain("PLANTED");
  });

  it("ends with 1 when an answer is not 2xx, or is none", async () => {
    const answers: RequestListener[] = [
      (_request, response) => response.end("{}"),
      (_request, response) => response.writeHead(503).end(JSON.stringify({ code: "NOT_STORED" })),
      (_request, response) => response.writeHead(502).end("<html>"),
      (request) => request.socket.destroy(),
    ];
    const url = await answering((request, response) => answers.shift()?.(request, response));
    const { code, out } = await simulate("--documented", "--url", url, "--token", "t").ended;
    expect(code).toBe(1);
    for (const label of ["200 ", "503 NOT_STORED ", "502 ", "error "]) expect(out).toContain(`\n  ${label}`);
  });

  it("ends with 1 and one sentence when nobody listens", async () => {
    const { code, out, err } = await simulate("--documented", "--url", "http://127.0.0.1:1", "--token", "t").ended;
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toMatch(/^simulate: no ingress at http:\/\/127\.0\.0\.1:1 .*start one with npm start\n$/);
  });

  it("tells the answers so far when it is interrupted, because a long run must not be lost to Ctrl-C", async () => {
    const arrived = Promise.withResolvers<void>();
    const url = await answering((_request, response) => {
      response.end(JSON.stringify({ disposition: "accepted" }));
      arrived.resolve();
    });
    const { child, ended } = simulate("--files", "500", "--rate", "1", "--url", url, "--token", "t");
    await arrived.promise;
    child.kill("SIGINT");
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(out).toMatch(/\nsent \d+ of \d{4} in /);
  });
});
