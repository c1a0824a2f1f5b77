import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { classify } from "@receiver/contracts";
import type { ToldFile } from "@receiver/simulation";
import { runCommand } from "@receiver/testing";
import { CommanderError } from "commander";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseServeOptions, serveCommand } from "../../src/simulate/serve/options.ts";

/** An ingress of ours that keeps what it is sent. */
async function openIngress() {
  const bodies: Buffer[] = [];
  const arrived = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    response.end(JSON.stringify({ disposition: "accepted" }));
    if (request.method !== "POST") return;
    bodies.push(body);
    if (bodies.length >= 3) arrived.resolve();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { bodies, arrived: arrived.promise, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return String(port);
}

describe("a served world, as a process", { timeout: 30_000 }, () => {
  it("posts webhooks of files whose truth its API tells, dated by the clock of the run", async () => {
    const [ingress, port] = [await openIngress(), await freePort()];
    const args = ["serve", "--files", "200", "--speed", "86400", "--port", port, "--url", ingress.url, "--token", "T"];
    const { child, ended } = runCommand("simulate", args);
    await ingress.arrived;
    const truth = (await (await fetch(`http://127.0.0.1:${port}/truth`)).json()) as { files: ToldFile[] };
    child.kill("SIGINT");
    const { code, out } = await ended;

    expect(code).toBe(130);
    expect(out).toContain(`DANAYA_API_URL=http://127.0.0.1:${port} DANAYA_API_KEY=`);
    expect(truth.files).toHaveLength(200);
    const ids = new Set(truth.files.flatMap(({ fileUuid, fileNumber }) => [fileUuid, fileNumber]));
    for (const body of ingress.bodies) {
      const classification = classify(body);
      if (classification.kind !== "message") throw new Error(classification.kind);
      expect(ids).toContain(classification.message.payload.id);
      expect(classification.message.occurredAt).toBeLessThanOrEqual(Date.now());
    }
  });
});

describe("the options of a served world", () => {
  const parse = (...args: string[]) => {
    const command = serveCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    return parseServeOptions(args, command);
  };

  it("are harmless unless asked otherwise", () => {
    expect(parse()).toMatchObject({ drop: 0, duplicates: 0, disorder: 0, forged: 0, slow: 0, errors: 0, speed: 60 });
  });

  it.each([
    ["more troubles than questions", ["--slow", "60", "--errors", "60"]],
    ["a percentage above a hundred", ["--drop", "101"]],
    ["a world that ends before it begins", ["--speed", "99999999"]],
    ["an argument that nobody reads", ["--file", "a.json"]],
  ])("are refused with a sentence: %s", (_what, args) => {
    expect(() => parse(...args)).toThrow(CommanderError);
  });
});
