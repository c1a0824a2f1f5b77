import type { KeyObject } from "node:crypto";
import type { Cidr, NamedToken } from "@receiver/runtime";
import { createBasicCheck } from "./check-basic.ts";
import { createHeaderCheck, type HeaderSecrets } from "./check-header.ts";
import { createHmacCheck, type HmacSettings } from "./check-hmac.ts";
import { createSenderCheck } from "./check-sender.ts";
import { createSignatureCheck } from "./check-signature.ts";
import { createTokenCheck } from "./check-token.ts";
import type { BodyCheck, CheckName, HeaderCheck, Place, Sent } from "./request-check.ts";

/** What must hold besides the token. null: it is not asked for. */
export type CheckSettings = {
  allowedSenders: readonly Cidr[] | null;
  header: HeaderSecrets | null;
  /** Each `user:password`. */
  basic: readonly string[] | null;
  signatureKeys: readonly KeyObject[] | null;
  hmac: HmacSettings | null;
};

/** Who may send. Each function names the checks that did not hold: none, and the request may go on. */
export type RequestChecks = {
  /** Before the body is read. All are asked, so that the time doesn't tell which one failed. */
  ofHeaders(token: string, sent: Sent): CheckName[];
  /** Before the body is parsed. */
  ofBody(sent: Sent, body: Uint8Array): CheckName[];
  /** Headers of each 401, whatever failed: some senders show their Basic credentials only when they are asked to. */
  challenge: Record<string, string>;
};

export type RequestChecksDeps = {
  tokens: readonly NamedToken[];
  settings: CheckSettings;
  tokenUsed(name: string): void;
  secretUsed(check: CheckName, place: number): void;
};

export function createRequestChecks({ tokens, settings, tokenUsed, secretUsed }: RequestChecksDeps): RequestChecks {
  const { allowedSenders, header, basic, signatureKeys, hmac } = settings;
  const nameToken = createTokenCheck(tokens);
  const ofHeaders: HeaderCheck[] = [
    ...(allowedSenders ? [createSenderCheck(allowedSenders)] : []),
    ...(header ? [createHeaderCheck(header)] : []),
    ...(basic ? [createBasicCheck(basic)] : []),
  ];
  const ofBody: BodyCheck[] = [
    ...(signatureKeys ? [createSignatureCheck(signatureKeys)] : []),
    ...(hmac ? [createHmacCheck(hmac)] : []),
  ];
  const failed = (name: CheckName, place: Place): CheckName[] => {
    if (place === null) return [name];
    secretUsed(name, place);
    return [];
  };
  return {
    ofHeaders: (token, sent) => {
      const tokenName = nameToken(token);
      if (tokenName !== null) tokenUsed(tokenName);
      const others = ofHeaders.flatMap(({ name, fits }) => failed(name, fits(sent)));
      return tokenName === null ? ["token", ...others] : others;
    },
    ofBody: (sent, body) => ofBody.flatMap(({ name, fits }) => failed(name, fits(sent, body))),
    challenge: basic ? { "www-authenticate": 'Basic realm="webhooks"' } : {},
  };
}
