import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * States: forwarding; cut (connections destroyed, new ones refused); hanging (connections accepted and kept, nothing
 * passes). It begins forwarding.
 */
export type Proxy = {
  /** The target's URL with the proxy's address. The same for the proxy's whole life. */
  url: string;
  cut(): Promise<void>;
  hang(): void;
  /** Back to forwarding; what was held back while hanging passes now. */
  restore(): Promise<void>;
  /** Where connections go from now on. */
  retarget(targetUrl: string): void;
  close(): Promise<void>;
};

const defaultPorts: Record<string, number> = { "postgres:": 5432, "postgresql:": 5432, "redis:": 6379, "http:": 80 };

/** Stands before a server on 127.0.0.1, so that a test can take the server away without touching it. */
export async function startProxy(targetUrl: string): Promise<Proxy> {
  let target = addressOf(targetUrl);
  let hanging = false;
  const connections = new Set<Connection>();
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (client) => {
    const connection = forward(client, () => target);
    connections.add(connection);
    client.once("close", () => connections.delete(connection));
    if (!hanging) connection.flow();
  });

  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const cut = async () => {
    if (!server.listening) return;
    server.close();
    for (const connection of connections) connection.destroy();
    await once(server, "close");
  };

  return {
    url: withAddress(targetUrl, port),
    cut,
    close: cut,
    hang() {
      hanging = true;
      for (const connection of connections) connection.hold();
    },
    async restore() {
      hanging = false;
      if (!server.listening) await listen(port);
      for (const connection of connections) connection.flow();
    },
    retarget(url) {
      target = addressOf(url);
    },
  };
}

type Connection = { flow(): void; hold(): void; destroy(): void };

/** Connects to the target when it first flows. Each direction ends by itself; an error of one side ends the other. */
function forward(client: Socket, target: () => { host: string; port: number }): Connection {
  let upstream: Socket | null = null;
  let flowing = false;
  const destroy = () => {
    client.destroy();
    upstream?.destroy();
  };
  client.on("error", destroy).on("close", destroy);
  return {
    destroy,
    flow() {
      if (flowing) return; // piped twice, every byte would pass twice
      flowing = true;
      upstream ??= connect({ ...target(), allowHalfOpen: true })
        .on("error", destroy)
        .on("close", destroy);
      client.pipe(upstream).pipe(client);
    },
    hold() {
      flowing = false;
      if (upstream === null) return;
      client.unpipe(upstream).pause();
      upstream.unpipe(client).pause();
    },
  };
}

function addressOf(url: string): { host: string; port: number } {
  const { protocol, hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) || (defaultPorts[protocol] ?? 0) };
}

function withAddress(targetUrl: string, port: number): string {
  const url = new URL(targetUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return url.href;
}
