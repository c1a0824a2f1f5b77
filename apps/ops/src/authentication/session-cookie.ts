import type { CookieSerializeOptions } from "@fastify/cookie";
import { SESSION_SECONDS } from "./sessions.ts";

export const SESSION_COOKIE = "ops_session";

/** `Secure` where people come over https: over plain http a browser would drop the cookie. */
export const sessionCookieOptions = (publicUrl: string | undefined): CookieSerializeOptions => ({
  path: "/",
  httpOnly: true,
  sameSite: "strict",
  secure: publicUrl?.startsWith("https:") ?? false,
  maxAge: SESSION_SECONDS,
});
