import { ConfigError, keyText, type NamedKey, publicKeyText, readConfig } from "@receiver/runtime";
import { createMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";

type Environment = Readonly<Record<string, string | undefined>>;

/** What those that open bodies are given, and what the others are. Empty texts count as unset, and hide what start itself was given. */
export type SealingVariables = {
  readers: Record<"MASTER_KEYS" | "MASTER_KEYS_FILE", string>;
  others: Record<"SEALING_PUBLIC_KEY" | "MASTER_KEYS" | "MASTER_KEYS_FILE", string>;
  /** As text, for the commands that open bodies. Null: bodies are not encrypted. */
  masterKeys: string | null;
};

/**
 * The user's keys, or else the one that is kept for development; the public key is the user's, or else that of the current one.
 * @throws ConfigError
 */
export async function sealingVariables(env: Environment, developmentKey: string): Promise<SealingVariables> {
  const isOff = env.ENCRYPT_AT_REST?.trim() === "never";
  const keys = isOff ? null : masterKeysIn(readConfig(masterKeysEnvironment, withDefault(env, developmentKey)));
  const masterKeys = keys === null ? null : keys.map(keyText).join(",");
  const publicKey = keys === null ? "" : await publicKeyFor(keys, env.SEALING_PUBLIC_KEY?.trim());
  return {
    readers: { MASTER_KEYS: masterKeys ?? "", MASTER_KEYS_FILE: "" },
    others: { SEALING_PUBLIC_KEY: publicKey, MASTER_KEYS: "", MASTER_KEYS_FILE: "" },
    masterKeys,
  };
}

const withDefault = (env: Environment, developmentKey: string): Environment =>
  env.MASTER_KEYS || env.MASTER_KEYS_FILE ? env : { ...env, MASTER_KEYS: developmentKey };

/** While keys are rotated it may be an older one's. */
async function publicKeyFor(keys: [NamedKey, ...NamedKey[]], given: string | undefined): Promise<string> {
  const [current, ...older] = await Promise.all(keys.map(publicKeyOf));
  if (!given) return current as string;
  if (given === current || older.includes(given)) return given;
  throw new ConfigError([
    {
      variable: "SEALING_PUBLIC_KEY",
      rule: "must be of one of MASTER_KEYS: nobody could open what is sealed to another",
      fix: "Take it away, or set what npm run keys -- public prints",
    },
  ]);
}

async function publicKeyOf(key: NamedKey): Promise<string> {
  return publicKeyText(await createMasterKeys([key]).publicKey());
}
