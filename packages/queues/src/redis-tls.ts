import { readFileSync } from "node:fs";
import type { RedisOptions } from "ioredis";

/**
 * What a `rediss://` URL means. `?sslrootcert=` names the file with the authority that vouches for the server, as in a
 * Postgres URL; nobody else does then. Verified also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
 *
 * @throws when the file can't be read
 */
export function redisTls(text: string): Pick<RedisOptions, "tls"> {
  const url = new URL(text);
  if (url.protocol !== "rediss:") return {};
  const authority = url.searchParams.get("sslrootcert");
  return { tls: { rejectUnauthorized: true, ...(authority !== null && { ca: readFileSync(authority) }) } };
}
