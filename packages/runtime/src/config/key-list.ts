import { readFileSync } from "node:fs";
import { textField } from "./text-field.ts";

/** A key and the version that tells it apart while keys are rotated. */
export type NamedKey = { version: string; key: Buffer };

/** 256 bits: what AES-256 and X25519 take. */
const KEY_BYTES = 32;
const ENTRY = /^(?<version>[A-Za-z0-9][A-Za-z0-9_-]{0,31}):(?<key>[A-Za-z0-9_-]{43})$/;
const rule = "version:key pairs, each key 32 bytes as base64url, each version of 1 to 32 letters, digits, - or _";
const fix = "Make one with: npm run keys -- generate";

/** A form of its own: any 32 bytes pass as a public key, a master key, too, and nobody could open what is sealed to them. */
const PUBLIC = "pub.";

export const publicKey = textField(
  {
    rule: `must be version:${PUBLIC}key, the key 32 bytes as base64url, and no master key`,
    fix: "Set what this prints: npm run keys -- public",
  },
  (text) => (text.includes(`:${PUBLIC}`) ? readKey(text.replace(`:${PUBLIC}`, ":")) : undefined),
);

export const keyList = textField(
  { rule: `must be a comma-separated list of ${rule}, with no version or key twice`, fix },
  readKeys,
);

/** A path. Read here, so that a file that can't be read is told of with all other problems. */
export const keyListFile = textField(
  { rule: `must be the path of a readable file with ${rule}, one a line or comma-separated, none twice`, fix },
  (path) => {
    const text = textOf(path);
    return text === null ? undefined : readKeys(text);
  },
);

export const keyText = ({ version, key }: NamedKey): string => `${version}:${key.toString("base64url")}`;

export const publicKeyText = ({ version, key }: NamedKey): string => `${version}:${PUBLIC}${key.toString("base64url")}`;

function readKeys(text: string): [NamedKey, ...NamedKey[]] | undefined {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== "");
  const keys = entries.map(readKey).filter((key) => key !== undefined);
  const [first, ...others] = keys;
  const distinct =
    areDistinct(keys.map(({ version }) => version)) && areDistinct(keys.map(({ key }) => key.toString("hex")));
  return first !== undefined && keys.length === entries.length && distinct ? [first, ...others] : undefined;
}

function readKey(entry: string): NamedKey | undefined {
  const { version, key } = ENTRY.exec(entry)?.groups ?? {};
  if (version === undefined || key === undefined) return undefined;
  const bytes = Buffer.from(key, "base64url");
  return bytes.length === KEY_BYTES ? { version, key: bytes } : undefined;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

const areDistinct = (texts: readonly string[]) => new Set(texts).size === texts.length;
