export { type DataKey, openUnder, sealUnder } from "./data-key.ts";
export { isEnvelope, readEnvelope } from "./envelope.ts";
export {
  expectMasterKeys,
  expectPublicKey,
  masterKeysEnvironment,
  masterKeysIn,
  publicKeyEnvironment,
} from "./environment.ts";
export { createMasterKeys, type MasterKeys, type SealedDataKey } from "./master-keys.ts";
export { createIntakeSeal, type SealBody } from "./seal-to-intake.ts";
