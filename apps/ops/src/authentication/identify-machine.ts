import type { Ledger } from "@receiver/ledger";
import { isSecretOf, readMachineToken } from "./machine-secret.ts";
import type { Machine } from "./scopes.ts";

/** null for a header of another form, and for a credential that is unknown, wrong, expired or revoked. */
export type IdentifyMachine = (header: string) => Promise<Machine | null>;

export function createIdentifyMachine(ledger: Pick<Ledger, "credentials">, now: () => Date): IdentifyMachine {
  return async (header) => {
    const token = readMachineToken(header);
    const found = token && (await ledger.credentials.find(token.id, now()));
    if (!found || !isSecretOf(token.secret, found.secretDigest)) return null;
    const { id, name, companyIds, scopes } = found.credential;
    await ledger.credentials.recordUse(id, now());
    return { credentialId: id, name, companyIds, scopes: new Set(scopes) };
  };
}
