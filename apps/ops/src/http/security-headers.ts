import type { IncomingMessage } from "node:http";
import type { FastifyHelmetOptions } from "@fastify/helmet";

/** Pages of others, which style their elements inline. Ours don't. */
const foreignPages = ["/queues", "/docs"];

const isForeign = ({ url = "" }: IncomingMessage): boolean =>
  foreignPages.some((prefix) => url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`));

/** Of an answer that the framework gives before any hook: it is no page. */
export const headersOfBareAnswers = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** Nothing is loaded from elsewhere, no script stands in a page, nobody frames one. */
export const securityHeaders: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", (request) => (isForeign(request) ? "'unsafe-inline'" : "'self'")],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // "no-referrer" would make browsers send "Origin: null" with our own forms.
  referrerPolicy: { policy: "same-origin" },
  frameguard: { action: "deny" },
  // For who terminates TLS to say: this process may also be reached without.
  strictTransportSecurity: false,
};
