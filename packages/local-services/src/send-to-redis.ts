import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

const ANSWER_LIMIT_MS = 5_000;
const START_LIMIT_MS = 60_000;
const RETRY_MS = 25;

/**
 * Sends one command on a connection of its own and answers its reply: text, number or null. Enough to ask a server
 * whether it is up and to empty it; replies that are arrays are refused. Rejects with the server's error.
 */
export async function sendToRedis(url: string, command: string[]): Promise<string | number | null> {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const address = { host: hostname, port: Number(port || 6379) };
  const socket = protocol === "rediss:" ? connectTls({ ...address, servername: hostname }) : connect(address);
  const before: string[][] = [];
  if (password)
    before.push(["AUTH", ...(username ? [decodeURIComponent(username)] : []), decodeURIComponent(password)]);
  if (pathname.length > 1) before.push(["SELECT", pathname.slice(1)]);
  try {
    socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(new Error("Redis does not answer")));
    socket.write([...before, command].map(encode).join(""));
    const replies = await readReplies(socket, before.length + 1);
    return replies.at(-1) ?? null;
  } finally {
    socket.destroy();
  }
}

/** Rejects with the last refusal when the server doesn't answer in time; one that is still loading its data is waited for. */
export async function waitUntilRedisAnswers(url: string): Promise<void> {
  const giveUpAt = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await sendToRedis(url, ["PING"]);
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await delay(RETRY_MS);
    }
  }
}

function encode(command: string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join("")}`;
}

type Reply = string | number | null;

async function readReplies(socket: Socket, wanted: number): Promise<Reply[]> {
  let received = Buffer.alloc(0);
  const replies: Reply[] = [];
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    for (let next = takeReply(received); next !== null; next = takeReply(received)) {
      replies.push(next.reply);
      received = received.subarray(next.length);
    }
    if (replies.length >= wanted) return replies;
  }
  throw new Error("Redis closed the connection");
}

/** The first reply in the bytes and how many of them it takes, or null while it is incomplete. */
function takeReply(bytes: Buffer): { reply: Reply; length: number } | null {
  const end = bytes.indexOf("\r\n");
  if (end < 0) return null;
  const kind = String.fromCharCode(bytes[0] ?? 0);
  const line = bytes.toString("utf8", 1, end);
  const length = end + 2;
  if (kind === "-") throw new Error(`Redis: ${line}`);
  if (kind === "+") return { reply: line, length };
  if (kind === ":") return { reply: Number(line), length };
  if (kind !== "$") throw new Error("Redis answered with a kind of reply that is not read here");
  if (line === "-1") return { reply: null, length };
  const whole = length + Number(line) + 2;
  return bytes.length < whole ? null : { reply: bytes.toString("utf8", length, whole - 2), length: whole };
}
