/**
 * What a machine may read of its companies' files. `state:read`: the state and its history. `personal-data:read`: what documents and
 * checks say of the person. `compliance:read`: PEP, sanction and media checks besides, where one of the others lets it in.
 */
export const scopes = ["state:read", "personal-data:read", "compliance:read"] as const;
export type Scope = (typeof scopes)[number];

/** One of the bank's own systems, as it came in. */
export type Machine = {
  credentialId: string;
  name: string;
  companyIds: readonly string[];
  scopes: ReadonlySet<string>;
};
