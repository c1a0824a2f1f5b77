import { type Cidr, explain, type NamedToken } from "@receiver/runtime";
import type { HeaderSecrets } from "./check-header.ts";
import type { HmacSettings } from "./check-hmac.ts";
import type { CheckSettings } from "./check-request.ts";
import type { SigningKey } from "./secret-fields.ts";
import { isGuessable, weakTokenNames } from "./weak-secrets.ts";

/** What the environment says of who may send, each variable by itself read already. */
export type CheckEnvironment = {
  DANAYA_WEBHOOK_TOKENS: readonly NamedToken[];
  ALLOWED_SENDERS?: readonly Cidr[] | undefined;
  WEBHOOK_HEADER?: HeaderSecrets | undefined;
  WEBHOOK_BASIC?: readonly string[] | undefined;
  WEBHOOK_SIGNATURE_SECRETS?: readonly SigningKey[] | undefined;
  WEBHOOK_HMAC_KEYS?: readonly SigningKey[] | undefined;
  WEBHOOK_HMAC_HEADER?: string | undefined;
  WEBHOOK_HMAC_ALGORITHM: HmacSettings["algorithm"];
  WEBHOOK_HMAC_ENCODING: HmacSettings["encoding"];
  WEBHOOK_HMAC_PREFIX?: string | undefined;
};

type Problem = { variable: keyof CheckEnvironment; message: string };

/** What no request could fulfil, or would not be asked for though somebody meant it to be. */
export function contradictions(env: CheckEnvironment): Problem[] {
  const { WEBHOOK_HMAC_KEYS: keys, WEBHOOK_HMAC_HEADER: header, WEBHOOK_HEADER: fixed } = env;
  const isHalf = (keys === undefined) !== (header === undefined);
  const half = keys === undefined ? "WEBHOOK_HMAC_KEYS" : "WEBHOOK_HMAC_HEADER";
  const asksTwice = env.WEBHOOK_BASIC !== undefined && fixed?.name === "authorization";
  return [
    ...(isHalf ? [{ variable: half, message: hmacHalf } as const] : []),
    ...(asksTwice ? [{ variable: "WEBHOOK_HEADER", message: twoAuthorizations } as const] : []),
  ];
}

const hmacHalf = explain({
  rule: "must be set when the other one of WEBHOOK_HMAC_KEYS and WEBHOOK_HMAC_HEADER is",
  fix: "Set both, or none",
});
const twoAuthorizations = explain({
  rule: "must name another header than authorization when WEBHOOK_BASIC is set: a request bears one",
  fix: "Keep one of the two",
});

/** The variables with a secret that may be guessed. */
export function weakVariables(env: CheckEnvironment): (keyof CheckEnvironment)[] {
  const passwords = env.WEBHOOK_BASIC?.map((entry) => entry.slice(entry.indexOf(":") + 1)) ?? [];
  const isWeak = {
    DANAYA_WEBHOOK_TOKENS: weakTokenNames(env.DANAYA_WEBHOOK_TOKENS).length > 0,
    WEBHOOK_HEADER: env.WEBHOOK_HEADER?.values.some(isGuessable) ?? false,
    WEBHOOK_BASIC: passwords.some(isGuessable),
    WEBHOOK_SIGNATURE_SECRETS: env.WEBHOOK_SIGNATURE_SECRETS?.some((entry) => entry.isWeak) ?? false,
    WEBHOOK_HMAC_KEYS: env.WEBHOOK_HMAC_KEYS?.some((entry) => entry.isWeak) ?? false,
  };
  const variables = Object.keys(isWeak) as (keyof typeof isWeak)[];
  return variables.filter((variable) => isWeak[variable]);
}

export function checkSettings(env: CheckEnvironment): CheckSettings {
  return {
    allowedSenders: env.ALLOWED_SENDERS ?? null,
    header: env.WEBHOOK_HEADER ?? null,
    basic: env.WEBHOOK_BASIC ?? null,
    signatureKeys: env.WEBHOOK_SIGNATURE_SECRETS?.map(({ key }) => key) ?? null,
    hmac: hmacSettings(env),
  };
}

function hmacSettings(env: CheckEnvironment): HmacSettings | null {
  const { WEBHOOK_HMAC_KEYS: keys, WEBHOOK_HMAC_HEADER: header } = env;
  if (keys === undefined || header === undefined) return null;
  return {
    header,
    algorithm: env.WEBHOOK_HMAC_ALGORITHM,
    encoding: env.WEBHOOK_HMAC_ENCODING,
    prefix: env.WEBHOOK_HMAC_PREFIX ?? "",
    keys: keys.map(({ key }) => key),
  };
}
