import type { Server, Socket } from "node:net";

/**
 * Connections of which no request has shown that it may send. Few systems give a process fewer than 8,192 files, and each costs about
 * 10 KB.
 */
const STRANGERS_KEPT = 4_000;

export type Strangers = {
  /** One who may send is no stranger any more, for as long as the connection lasts. */
  recognise(socket: Socket): void;
};

/**
 * Makes room for the next one by ending the stranger who came first, instead of taking nobody: whoever opens connections to hold them
 * then locks out himself, and not the provider, who shows its token within a round trip.
 */
export function boundStrangers(server: Server, ended: () => void, kept = STRANGERS_KEPT): Strangers {
  const strangers = new Set<Socket>(); // in the order in which they came
  server.on("connection", (socket: Socket) => {
    strangers.add(socket);
    socket.once("close", () => strangers.delete(socket));
    const [first] = strangers;
    if (strangers.size <= kept || first === undefined) return;
    strangers.delete(first);
    first.destroy();
    ended();
  });
  return { recognise: (socket) => void strangers.delete(socket) };
}
