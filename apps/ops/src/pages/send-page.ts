import type { FastifyReply } from "fastify";

export const sendPage = (reply: FastifyReply, document: string): FastifyReply =>
  reply.type("text/html; charset=utf-8").send(document);
