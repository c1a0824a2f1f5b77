import type { FastifyRequest } from "fastify";

/** The checks of who may send, by the names that metrics and the log give them. */
export type CheckName = "token" | "sender" | "header" | "basic" | "signature" | "hmac";

export type Sent = Pick<FastifyRequest, "ip" | "headers">;

/** The place of the secret that fits in its list, from 0: which one is still in use while they are rotated. null: none fits. */
export type Place = number | null;

/** What the headers alone prove. How long it takes tells nothing of the secrets. */
export type HeaderCheck = { name: CheckName; fits(sent: Sent): Place };

/** What a signature proves: it is of the body's raw bytes, hence asked for when they have arrived, and before they are parsed. */
export type BodyCheck = { name: CheckName; fits(sent: Sent, body: Uint8Array): Place };
