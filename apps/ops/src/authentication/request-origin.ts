import type { IncomingHttpHeaders } from "node:http";

/** Which site made a browser send the request. `untold`: no browser, or one that doesn't say. */
export type RequestOrigin = "same" | "foreign" | "untold";

/**
 * @param publicUrl where people reach this process, when a proxy in front of it shows it under another name.
 */
export function requestOriginOf(headers: IncomingHttpHeaders, publicUrl: string | undefined): RequestOrigin {
  const site = headers["sec-fetch-site"]; // by the browser itself; scripts can't set it
  if (site !== undefined) return site === "same-origin" ? "same" : "foreign";
  if (headers.origin === undefined) return "untold";
  const host = URL.parse(headers.origin)?.host; // none in "null", which a sandboxed page sends
  const ours = [headers.host, publicUrl === undefined ? undefined : URL.parse(publicUrl)?.host];
  return host !== undefined && ours.includes(host) ? "same" : "foreign";
}
