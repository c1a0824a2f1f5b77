export type Credentials = { name: string; password: string };

/** Of an `Authorization` header (RFC 7617, UTF-8); null for one of another form. */
export function readBasicCredentials(header: string): Credentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]{1,2000})$/i.exec(header)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? null : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
