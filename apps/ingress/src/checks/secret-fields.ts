import { createSecretKey, type KeyObject } from "node:crypto";
import { explain, fields } from "@receiver/runtime";
import { z } from "zod";
import type { HeaderSecrets } from "./check-header.ts";
import { isGuessable, isGuessableKey } from "./weak-secrets.ts";

/** A name of RFC 9110; Node gives them in small letters. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,100}$/;
/** Printable ASCII: what else a header may hold is sent in more than one encoding. No comma, which parts the entries. */
const HEADER_SECRET = /^([^:]+): *([!-~](?:[ -~]*[!-~])?)$/;
const CREDENTIALS = /^[!-9;-~]+:[ -~]+$/;
const SIGNATURE_SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
/** What the Standard Webhooks specification asks for, at least. */
const SIGNATURE_KEY_BYTES = 24;
const HEX_KEY = /^hex:((?:[\dA-Fa-f]{2})+)$/;
const BASE64_KEY = /^base64:([A-Za-z0-9+/]+={0,2})$/;

/** What signs: `isWeak` when it may be guessed. */
export type SigningKey = { key: KeyObject; isWeak: boolean };

/** A list whose every entry `read` makes something of; undefined means that the entry breaks the rule. */
function listOf<T>(explanation: { rule: string; fix: string }, read: (entry: string) => T | undefined) {
  const message = explain(explanation);
  return fields.nonEmptyList.transform((entries, context): T[] => {
    const values = entries.map(read).filter((value) => value !== undefined);
    if (values.length === entries.length) return values;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

/** Aborts: rules across variables are looked at when each by itself is right. */
const textOf = (pattern: RegExp, explanation: { rule: string; fix: string }) =>
  z
    .string()
    .trim()
    .regex(pattern, { error: explain(explanation), abort: true });

export const headerName = textOf(HEADER_NAME, {
  rule: "must be the name of a header",
  fix: "Write for example x-signature",
}).toLowerCase();

const oneHeader = explain({
  rule: "must be a comma-separated list of name:value, with one name, and values of printable ASCII without commas",
  fix: "Write for example x-webhook-key:new-value,x-webhook-key:old-value",
});

export const headerSecrets = fields.nonEmptyList.transform((entries, context): HeaderSecrets => {
  const pairs = entries.map((entry) => HEADER_SECRET.exec(entry) ?? []);
  const [name = "", ...others] = new Set(pairs.map(([, key = ""]) => key.trim().toLowerCase()));
  if (HEADER_NAME.test(name) && others.length === 0) return { name, values: pairs.map(([, , value = ""]) => value) };
  context.addIssue({ code: "custom", message: oneHeader });
  return z.NEVER;
});

export const credentials = listOf(
  {
    rule: "must be a comma-separated list of user:password, of printable ASCII without commas",
    fix: "Write for example danaya:new-password,danaya:old-password",
  },
  (entry) => (CREDENTIALS.test(entry) ? entry : undefined),
);

export const signatureKeys = listOf(
  {
    rule: `must be a comma-separated list of secrets: whsec_ and at least ${SIGNATURE_KEY_BYTES} bytes in base64`,
    fix: "Make one with: node -p \"'whsec_'+crypto.randomBytes(32).toString('base64')\"",
  },
  (entry): SigningKey | undefined => {
    const bytes = Buffer.from(SIGNATURE_SECRET.exec(entry)?.[1] ?? "", "base64");
    return bytes.length >= SIGNATURE_KEY_BYTES ? keyOf(bytes) : undefined;
  },
);

/** A text is taken as its bytes; `hex:` and `base64:` say that it stands for others. */
export const hmacKeys = listOf(
  {
    rule: "must be a comma-separated list of keys: a text, or hex: or base64: before what stands for bytes",
    fix: "Write the key as the sender shows it; hex:00ff would be two bytes",
  },
  (entry): SigningKey | undefined => {
    const bytes = bytesOfKey(entry);
    if (bytes !== null) return keyOf(bytes);
    if (/^(?:hex|base64):/.test(entry)) return undefined;
    return { key: createSecretKey(entry, "utf8"), isWeak: isGuessable(entry) };
  },
);

const keyOf = (bytes: Buffer): SigningKey => ({ key: createSecretKey(bytes), isWeak: isGuessableKey(bytes) });

function bytesOfKey(entry: string): Buffer | null {
  const [hex, base64] = [HEX_KEY.exec(entry)?.[1], BASE64_KEY.exec(entry)?.[1]];
  if (hex !== undefined) return Buffer.from(hex, "hex");
  return base64 === undefined ? null : Buffer.from(base64, "base64");
}

export const prefix = textOf(/^[!-~]{1,32}$/, {
  rule: "must be printable ASCII, up to 32 characters",
  fix: "Write for example sha256=",
});
