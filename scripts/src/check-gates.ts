import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { copySources } from "./gates/copy-sources.ts";

/**
 * A gate that can't close guards nothing. Plants in a copy of the sources what each gate must catch, and fails unless it
 * is caught, and named.
 */
type Plant = { file: string; content: string; named: string };
type Gate = { command: [string, ...string[]]; plants: Plant[] };

const gates: Record<string, Gate> = {
  types: {
    command: ["tsc", "--project", "planted.tsconfig.json"], // the root's rules on one package: on all of them they take ten times as long
    plants: [
      {
        file: "planted.tsconfig.json",
        content: '{ "extends": "./tsconfig.json", "include": ["packages/contracts/src"] }\n',
        named: "planted.ts",
      },
      {
        file: "packages/contracts/src/planted.ts",
        content: 'export const planted: number = "text";\n',
        named: "TS2322",
      },
    ],
  },
  lint: {
    command: ["biome", "lint", "packages/contracts/src"],
    plants: [
      {
        file: "packages/contracts/src/planted.ts",
        content: "async function work(): Promise<void> {}\nexport function plant(): void {\n  work();\n}\n",
        named: "noFloatingPromises",
      },
      {
        file: "packages/contracts/src/planted-env.ts",
        content: "export const home = process.env.HOME;\n",
        named: "noProcessEnv",
      },
      {
        file: "packages/contracts/src/planted-fetch.ts",
        content: 'export const answer = fetch("https://example.org/");\n',
        named: "noRestrictedGlobals",
      },
    ],
  },
  boundaries: {
    command: ["node", "scripts/src/check-boundaries.ts"],
    plants: [
      plantImport("packages/client-file/src/planted.ts", "@receiver/ledger", "events-and-rules-are-pure"),
      plantImport("packages/events/src/planted.ts", "@receiver/client-file", "events-and-rules-are-pure"),
      plantImport("packages/contracts/src/planted.ts", "pino", "contracts-imports-zod-only"),
      plantImport("packages/queues/src/planted.ts", "@receiver/ledger", "packages-queues-imports-only-its-row"),
      plantImport("apps/ingress/src/planted.ts", "@receiver/ledger", "apps-ingress-imports-only-its-row"),
      plantImport("apps/ops/src/planted.ts", "bullmq", "only-a-few-import-bullmq"),
      plantImport("packages/danaya-api/src/planted.ts", "undici", "only-a-few-import-undici"),
      plantImport("apps/ops/src/planted-app.ts", "../../ingress/src/main.ts", "nothing-imports-an-app"),
      plantImport(
        "packages/ledger/src/planted.ts",
        "../../runtime/src/logging/create-logger.ts",
        "only-through-the-barrel",
      ),
      plantImport("packages/runtime/src/planted.ts", "@receiver/testing", "testing-is-for-tests"),
      plantImport("packages/ledger/src/planted-a.ts", "./planted-b.ts", "no-cycles"),
      plantImport("packages/ledger/src/planted-b.ts", "./planted-a.ts", "no-cycles"),
      plantImport("packages/ledger/src/planted-c.ts", "./not-there.ts", "everything-resolves"),
    ],
  },
  sizes: {
    command: ["node", "scripts/src/check-sizes.ts"],
    plants: [
      {
        file: "packages/contracts/src/planted.ts",
        content: "// one line more than a file may have\n".repeat(301),
        named: "packages/contracts/src/planted.ts: 301 lines",
      },
      {
        file: "packages/contracts/src/messages/index.ts",
        content: "// one line more than a barrel may have\n".repeat(26),
        named: "packages/contracts/src/messages/index.ts: 26 lines",
      },
    ],
  },
  unused: {
    command: ["knip"],
    plants: [
      {
        file: "packages/contracts/src/planted.ts",
        content: "export const nobody = 1;\n",
        named: "packages/contracts/src/planted.ts",
      },
    ],
  },
};

function plantImport(file: string, target: string, named: string): Plant {
  return { file, content: `import * as planted from "${target}";\n\nexport const kept = planted;\n`, named };
}

const run = promisify(execFile);
const copy = await copySources("gates");
try {
  for (const [name, gate] of Object.entries(gates)) {
    const missed = await plantsMissed(gate);
    console.log(
      `${name}: ${missed.length === 0 ? `caught all ${gate.plants.length} plants` : `MISSED ${missed.join(", ")}`}`,
    );
    if (missed.length > 0) process.exitCode = 1;
  }
} finally {
  await copy.remove();
}

async function plantsMissed({ command: [program, ...args], plants }: Gate): Promise<string[]> {
  for (const { file, content } of plants) await writeFile(join(copy.path, file), content);
  const outcome = await run(program, args, { cwd: copy.path, maxBuffer: 1e8 }).then(
    () => ({ failed: false, output: "" }),
    (error: { stdout: string; stderr: string }) => ({ failed: true, output: error.stdout + error.stderr }),
  );
  for (const { file } of plants) await rm(join(copy.path, file));
  return plants.filter(({ named }) => !outcome.failed || !outcome.output.includes(named)).map(({ named }) => named);
}
