import type { CookieSerializeOptions } from "@fastify/cookie";
import { SESSION_SECONDS } from "./sessions.ts";

export type SessionCookie = { name: string; options: CookieSerializeOptions };

/**
 * `Secure` where people come over https: over plain http a browser would drop the cookie. Then its name has the prefix that
 * makes browsers refuse it from anybody but this very host: another site of the same domain can't plant one.
 */
export function sessionCookie(publicUrl: string | undefined): SessionCookie {
  const secure = publicUrl?.startsWith("https:") ?? false;
  return {
    name: secure ? "__Host-ops_session" : "ops_session",
    options: { path: "/", httpOnly: true, sameSite: "strict", secure, maxAge: SESSION_SECONDS },
  };
}
