import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits: nobody guesses them, so one SHA-256 keeps them as well as a slow hash keeps a password. */
const SECRET_BYTES = 32;

const FORM = /^Bearer +rcv_(?<id>[0-9a-f]{32})_(?<secret>[\w-]{43})$/i;

export type MachineSecret = { secret: string; digest: string };

export function makeMachineSecret(): MachineSecret {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return { secret, digest: digestOf(secret) };
}

/** What the machine sends. The prefix lets scanners find one that was committed or logged. */
export const tokenOf = (id: string, secret: string): string => `rcv_${id.replaceAll("-", "")}_${secret}`;

/** Of an `Authorization` header (RFC 6750); null for one of another form. */
export function readMachineToken(header: string): { id: string; secret: string } | null {
  const { id, secret } = FORM.exec(header)?.groups ?? {};
  if (id === undefined || secret === undefined) return null;
  return { id: id.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"), secret };
}

export const isSecretOf = (secret: string, digest: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(secret)), Buffer.from(digest));

const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");
