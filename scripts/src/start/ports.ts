import { once } from "node:events";
import { createServer } from "node:net";

export const DEFAULT_PORTS = { PORT: "3000", OPS_PORT: "3001" } as const;

/** @throws Error that names the variable to set, before anything was started. */
export async function expectFreePorts(env: NodeJS.ProcessEnv, { ingress }: { ingress: number }): Promise<void> {
  const [port, opsPort] = [env.PORT || DEFAULT_PORTS.PORT, env.OPS_PORT || DEFAULT_PORTS.OPS_PORT].map(Number);
  if (port !== 0 && port === opsPort)
    throw new Error(`PORT and OPS_PORT are both ${port}. Set one of them to another.`);
  if (port === 0 && ingress > 1)
    throw new Error("PORT=0 gives each ingress a port of its own. Set PORT, so that they share one.");
  for (const [variable, fallback] of Object.entries(DEFAULT_PORTS)) {
    const port = Number(env[variable] || fallback);
    if (!(await isFree(port)))
      throw new Error(`port ${port} is taken by another process. Set ${variable} to another one.`);
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port);
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
