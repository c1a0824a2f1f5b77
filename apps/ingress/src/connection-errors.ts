import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { PROBLEM_TYPE, problemBody, type RefusalCode, refusals } from "./refusals.ts";

export type ConnectionErrors = {
  /** Call it before the first request: whether one has arrived is known of those that were seen to begin. */
  follow(server: Server): void;
  /** Answers on the bare connection: there is no request to reply to. What Node reports holds the raw packet: it goes no further. */
  answer(error: { code?: string }, socket: Socket): void;
  /** Whether the connection was ended here, so that what breaks off with it isn't reported twice. */
  hasEnded(socket: Socket): boolean;
};

const codes: Record<string, RefusalCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
  HPE_INVALID_EOF_STATE: "BODY_INCOMPLETE",
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
};

/**
 * A process that stood still (frozen, starved) looks at its clock before it reads what has arrived meanwhile. So whoever seems
 * late is refused only when he still is after so long.
 */
const READ_WITHIN_MS = 250;

export function createConnectionErrors(refused: (code: RefusalCode) => void): ConnectionErrors {
  const ended = new WeakSet<Socket>();
  const last = new WeakMap<Socket, IncomingMessage>();
  /** The requests that seemed late; null until its headers are read. */
  const late = new WeakMap<Socket, { request: IncomingMessage | null }>();

  const refuse = (code: RefusalCode, socket: Socket) => {
    if (socket.destroyed) return;
    refused(code);
    ended.add(socket);
    if (socket.writable) socket.write(responseOf(code));
    socket.destroySoon();
  };
  const refuseUnlessRead = (socket: Socket) => {
    const begun = last.get(socket);
    const one = { request: begun && !begun.complete ? begun : null };
    late.set(socket, one);
    setTimeout(() => {
      late.delete(socket);
      if (!one.request?.complete) refuse("REQUEST_TIMEOUT", socket);
    }, READ_WITHIN_MS);
  };

  const begin = (request: IncomingMessage) => {
    last.set(request.socket, request);
    const one = late.get(request.socket);
    if (one) one.request ??= request;
  };

  return {
    follow: (server) => void server.prependListener("request", begin),
    answer: (error, socket) => {
      if (error.code === "ECONNRESET") return;
      const code = codes[error.code ?? ""] ?? "MALFORMED_REQUEST";
      if (code === "REQUEST_TIMEOUT") refuseUnlessRead(socket);
      else refuse(code, socket);
    },
    hasEnded: (socket) => ended.has(socket),
  };
}

function responseOf(code: RefusalCode): string {
  const { status } = refusals[code];
  const body = problemBody(code);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
