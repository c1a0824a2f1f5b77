import { entriesOf, textField } from "./text-field.ts";

/** `name` tells the tokens apart in a log while they are rotated; a plain token is named after its place: token-1, token-2 … */
export type NamedToken = { name: string; token: string };

/** Characters that stand in a URL's path as they are. How hard a token is to guess is for its reader to judge. */
const ENTRY = /^(?:(?<name>[A-Za-z0-9][A-Za-z0-9_-]{0,31}):)?(?<token>[A-Za-z0-9_-]{1,200})$/;

export const tokenList = textField(
  {
    rule: "must be a comma-separated list of tokens or name:token pairs, each token of 1 to 200 letters, digits, - or _, with no name or token twice",
    fix: "Make one with: node -p \"crypto.randomBytes(24).toString('base64url')\"",
  },
  (text) => {
    const tokens = entriesOf(text).map(readToken);
    const found = tokens.filter((token) => token !== undefined);
    const distinct = areDistinct(found.map(({ name }) => name)) && areDistinct(found.map(({ token }) => token));
    return found.length > 0 && found.length === tokens.length && distinct ? found : undefined;
  },
);

function readToken(entry: string, index: number): NamedToken | undefined {
  const { name, token } = ENTRY.exec(entry)?.groups ?? {};
  return token === undefined ? undefined : { name: name ?? `token-${index + 1}`, token };
}

const areDistinct = (texts: readonly string[]) => new Set(texts).size === texts.length;
