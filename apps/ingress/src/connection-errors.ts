import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { PROBLEM_TYPE, problemBody, type RefusalCode, refusals } from "./refusals.ts";

export type ConnectionErrors = {
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

export function createConnectionErrors(refused: (code: RefusalCode) => void): ConnectionErrors {
  const ended = new WeakSet<Socket>();
  return {
    answer: (error, socket) => {
      if (error.code === "ECONNRESET" || socket.destroyed) return;
      const code = codes[error.code ?? ""] ?? "MALFORMED_REQUEST";
      refused(code);
      ended.add(socket);
      if (socket.writable) socket.write(responseOf(code));
      socket.destroySoon();
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
