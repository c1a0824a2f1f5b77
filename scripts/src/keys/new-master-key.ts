import { randomBytes } from "node:crypto";
import { keyText } from "@receiver/runtime";

/** 256 bits; the version is what sealed things remember it by. */
const KEY_BYTES = 32;

/** Another environment's, made on the same day, must not have its name: its bodies would be found unreadable instead of keyless. */
export const newVersion = (prefix: string): string => `${prefix}-${randomBytes(3).toString("hex")}`;

/** As it stands in MASTER_KEYS. */
export const newMasterKey = (version: string): string => keyText({ version, key: randomBytes(KEY_BYTES) });
