import { request } from "node:http";
import { connect } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";

const ANSWER_LIMIT_MS = 2_000; // an engine that is up answers a ping in milliseconds; a test run must not wait for one that hangs

/** The address at which a Docker engine answers, or null. Looks where testcontainers looks, without loading it. */
export async function findDockerEngine(env: NodeJS.ProcessEnv): Promise<string | null> {
  const asked = enginesToAsk(env).map(async (engine) => {
    await answers(engine);
    return engine;
  });
  return Promise.any(asked).catch(() => null);
}

function enginesToAsk(env: NodeJS.ProcessEnv): string[] {
  const sockets = [
    "/var/run/docker.sock",
    env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, "docker.sock"),
    join(homedir(), ".docker/run/docker.sock"),
    join(homedir(), ".docker/desktop/docker.sock"),
    `/run/user/${process.getuid?.() ?? 0}/docker.sock`,
  ];
  const found = sockets.filter((path) => path !== undefined && path !== "").map((path) => `unix://${path}`);
  return env.DOCKER_HOST ? [env.DOCKER_HOST, ...found] : found;
}

async function answers(engine: string): Promise<void> {
  const { protocol, pathname, hostname, port } = new URL(engine);
  if (protocol === "unix:") return pingSocket(decodeURIComponent(pathname));
  // Over TCP the engine may speak TLS with client certificates, which is testcontainers' affair: that it listens is enough here.
  return reachPort(hostname, Number(port || 2375));
}

function pingSocket(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const ping = request({ socketPath, path: "/_ping", timeout: ANSWER_LIMIT_MS }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`the engine answers ${response.statusCode}`));
    });
    ping.on("timeout", () => ping.destroy(new Error("the engine does not answer")));
    ping.on("error", reject);
    ping.end();
  });
}

function reachPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: ANSWER_LIMIT_MS });
    socket.on("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.on("timeout", () => socket.destroy(new Error("the engine does not answer")));
    socket.on("error", reject);
  });
}
