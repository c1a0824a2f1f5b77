import { explain, fields, type NamedKey } from "@receiver/runtime";
import { z } from "zod";

const never = "or ENCRYPT_AT_REST=never to keep bodies readable for whoever reads the database";
const masterKeysError = explain({
  rule: "must be set when NODE_ENV=production: without it bodies can't be encrypted",
  fix: `Make one with npm run keys -- generate and set it as MASTER_KEYS, or its file as MASTER_KEYS_FILE, ${never}`,
});
const publicKeyError = explain({
  rule: "must be set when NODE_ENV=production: without it bodies can't be encrypted",
  fix: `Set what npm run keys -- public prints, ${never}`,
});
const onceError = explain({
  rule: "must not be set beside MASTER_KEYS",
  fix: "Take one of the two away",
});
const contradictionError = explain({
  rule: "must not be never beside a key",
  fix: "Take ENCRYPT_AT_REST away, or the key where nothing was ever encrypted",
});

const common = {
  NODE_ENV: z.string().optional(),
  /** Said in so many words: bodies stay readable at rest, in production, too. */
  ENCRYPT_AT_REST: z
    .literal("never", { error: explain({ rule: "must be never, or unset", fix: "Take it away to encrypt" }) })
    .optional(),
};

/** Of a process that reads bodies. Spread its `shape`, and `superRefine` with {@link expectMasterKeys}. */
export const masterKeysEnvironment = z.object({
  ...common,
  /** The first is the current one; the others open what was sealed under them. */
  MASTER_KEYS: fields.keyList.optional(),
  MASTER_KEYS_FILE: fields.keyListFile.optional(),
});

/** Of the ingress, which seals and can't open. */
export const publicKeyEnvironment = z.object({
  ...common,
  /** Of the current master key. */
  SEALING_PUBLIC_KEY: fields.publicKey.optional(),
});

type MasterKeysVariables = z.output<typeof masterKeysEnvironment>;
type PublicKeyVariables = z.output<typeof publicKeyEnvironment>;

export function expectMasterKeys(env: MasterKeysVariables, context: z.RefinementCtx): void {
  if (env.MASTER_KEYS && env.MASTER_KEYS_FILE) problem(context, "MASTER_KEYS_FILE", onceError);
  expectKey(env, context, { variable: "MASTER_KEYS", isSet: masterKeysIn(env) !== null, error: masterKeysError });
}

export function expectPublicKey(env: PublicKeyVariables, context: z.RefinementCtx): void {
  const isSet = env.SEALING_PUBLIC_KEY !== undefined;
  expectKey(env, context, { variable: "SEALING_PUBLIC_KEY", isSet, error: publicKeyError });
}

/** Null: bodies are not encrypted. */
export const masterKeysIn = (env: MasterKeysVariables): [NamedKey, ...NamedKey[]] | null =>
  env.MASTER_KEYS ?? env.MASTER_KEYS_FILE ?? null;

type Expected = { variable: string; isSet: boolean; error: string };

function expectKey(
  env: Pick<MasterKeysVariables, "NODE_ENV" | "ENCRYPT_AT_REST">,
  context: z.RefinementCtx,
  { variable, isSet, error }: Expected,
): void {
  const isOff = env.ENCRYPT_AT_REST === "never";
  if (isSet && isOff) problem(context, "ENCRYPT_AT_REST", contradictionError);
  if (!isSet && !isOff && env.NODE_ENV === "production") problem(context, variable, error);
}

function problem(context: z.RefinementCtx, variable: string, message: string): void {
  context.addIssue({ code: "custom", path: [variable], message });
}
