import { type NamedKey, readConfig } from "@receiver/runtime";
import { masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { z } from "zod";
import { readRunFile } from "../start/run-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const runningKeys = z.object({ masterKeys: z.string().nullable() });

/** The environment's, else those of the running `npm start`. Null: there are none. @throws ConfigError */
export function findMasterKeys(env: Environment): [NamedKey, ...NamedKey[]] | null {
  const given = masterKeysIn(readConfig(masterKeysEnvironment, env));
  const running = given ? null : readRunFile(runningKeys, env)?.masterKeys;
  return running ? masterKeysIn(readConfig(masterKeysEnvironment, { MASTER_KEYS: running })) : given;
}
