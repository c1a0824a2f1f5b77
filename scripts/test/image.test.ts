import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const lines = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
const letIn = lines.filter((line) => line.startsWith("!scripts/src/")).map((line) => line.slice(1));

/** A file and everything of scripts/src that it imports, in turn; what it imports for its types alone is not there when it runs. */
function withImports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = readFileSync(join(root, file), "utf8").matchAll(/^(?:im|ex)port (?!type )[^;]*? from "(\.[^"]+)"/gm);
  for (const [, path = ""] of imports) withImports(normalize(join(dirname(file), path)), seen);
  return seen;
}

test.each(["migrate", "keys", "replay", "ask-again", "audit", "retention", "drift", "observe", "status-map"])(
  "npm run %s works in the image, because whoever operates it has no checkout there",
  (command) => {
    const needed = [...withImports(`scripts/src/${command}.ts`)];
    expect(needed.filter((file) => !letIn.some((path) => file === path || file.startsWith(`${path}/`)))).toEqual([]);
  },
);
