import { deliveryTypes } from "@receiver/contracts";
import type { Random } from "@receiver/simulation";
import { leaf, type Tree, textOf } from "./json-tree.ts";

/** What the contract names, and what it forbids, so that some of it looks like a message. */
const keys = [
  ...["webhookId", "companyId", "messageType", "timestamp", "payload", "id", "status", "score", "documents", "company"],
  ...["createdAt", "externalId", "errors", "code", "clientFileToAnalyzeId", "verificationResults", "verificationType"],
  ...["attempt", "type", "ocrExtractedData", "document_expiry", "additionalData", "", "__proto__", "toString", "é"],
] as const;

const leaves = [
  ...["null", "true", "false", "0", "-0", "1", "123", "456", "-1.5e-7", "1e400", "9007199254740992", "0.94", '"0,94"'],
  ...[
    '""',
    '"a"',
    '"VALIDER"',
    '"REJETER"',
    '"ANALYZED"',
    '"RETRY"',
    '"FACE_MATCH"',
    '"PEP_CHECK"',
    '"CNI"',
    '"\\u0000"',
  ],
  ...['"2025-10-17T11:45:00Z"', '"2025-10-17 11:45:00"', '"31/12/2024"', '"\\ud83d"', '"😀"', '"\\\\\\"\\/\\b"'],
  ...deliveryTypes.map((type) => `"${type}"`),
] as const satisfies readonly string[];

const MOST_CHILDREN = 6;
const MOST_LEVELS = 7;
const LEAF_PERCENT = 35;
/** Of the texts so many have white space that JSON allows between its parts. */
const SPACED_PERCENT = 20;

/** JSON by its grammar, of any shape. Always one that `JSON.parse` takes. */
export function grammarJson(random: Random): string {
  const text = textOf(value(random, 0));
  return random.percent(SPACED_PERCENT) ? `\r\n\t ${text} \n` : text;
}

function value(random: Random, level: number): Tree {
  const isLeaf = level >= MOST_LEVELS || (level > 0 && random.percent(LEAF_PERCENT));
  if (isLeaf) return leaf(random.pick(leaves as unknown as [string, ...string[]]));
  const count = random.whole(0, MOST_CHILDREN);
  const isList = random.percent(level === 0 ? 5 : 30);
  const children = Array.from({ length: count }, () => value(random, level + 1));
  if (isList) return { kind: "list", items: children };
  return { kind: "object", entries: children.map((child) => [JSON.stringify(random.pick(keys)), child]) };
}
