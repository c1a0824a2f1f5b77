import { type AddressInfo, isIPv6 } from "node:net";
import { ReceiverError } from "../errors/receiver-error.ts";

/** What is needed of a Fastify server, whatever its types were made to be. */
type Server = {
  listen(at: { host: string; port: number; reusePort: boolean }): Promise<string>;
  addresses(): (AddressInfo | string)[];
};

/**
 * Listens, and answers with a URL that can be opened from this machine: the wildcard addresses are no destination.
 *
 * @param at port 0: a free one. `reusePort`: other processes may listen on it too, and the kernel deals the connections out
 * among them (SO_REUSEPORT; Linux 3.9, BSD).
 * @throws ReceiverError PORT_UNAVAILABLE
 */
export async function listenOn(
  server: Server,
  { host, port, reusePort = false }: { host: string; port: number; reusePort?: boolean },
): Promise<string> {
  try {
    await server.listen({ host, port, reusePort });
  } catch (cause) {
    throw new ReceiverError("PORT_UNAVAILABLE", { cause });
  }
  const bound = server.addresses().find((address) => typeof address === "object")?.port ?? port;
  return `http://${reachable(host)}:${bound}`;
}

function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return isIPv6(host) ? `[${host}]` : host;
}
