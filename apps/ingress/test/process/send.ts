import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { parentPort, workerData } from "node:worker_threads";

/** The thread of {@link import("../other-thread.ts").otherThread}. */
const { port, connected } = workerData as { port: number; connected: Int32Array };
const unfinished: { socket: Socket; rest: string }[] = [];

parentPort?.on("message", (message: { index: number; first: string; rest: string } | "send the rest") => {
  if (message === "send the rest") {
    for (const { socket, rest } of unfinished.splice(0)) socket.write(rest);
    return;
  }
  const { index, first, rest } = message;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.once("connect", () => {
    Atomics.add(connected, 0, 1);
    Atomics.notify(connected, 0);
  });
  socket.write(first);
  unfinished.push({ socket, rest });
  const answered = text(socket).catch((error: NodeJS.ErrnoException) => error.code ?? "");
  void answered.then((answer) => parentPort?.postMessage([index, answer]));
});
