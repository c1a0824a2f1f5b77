import { randomBytes } from "node:crypto";
import { keyText } from "@receiver/runtime";

/** 256 bits; the version is what sealed things remember it by. */
const KEY_BYTES = 32;

/** As it stands in MASTER_KEYS. */
export const newMasterKey = (version: string): string => keyText({ version, key: randomBytes(KEY_BYTES) });
