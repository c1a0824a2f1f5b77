import { readFileSync } from "node:fs";
import { incomingJsonSchemas, outgoingJsonSchema } from "@receiver/contracts";
import { expect, test } from "vitest";
import { generatedParts } from "../src/documents/generated-parts.ts";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

test.each(generatedParts)(
  "$file shows the $marker that the code decides (npm run documents)",
  ({ file, marker, lines }) => {
    expect(read(file)).toContain(`<!-- ${marker} -->\n${lines.join("\n")}\n<!-- /${marker} -->`);
  },
);

test.each(Object.entries({ ...incomingJsonSchemas(), notification: outgoingJsonSchema() }))(
  "docs/schemas has today's schema of %s (npm run schemas)",
  (name, schema) => {
    const file = `docs/schemas/${name.toLowerCase().replaceAll("_", "-")}.schema.json`;
    expect(JSON.parse(read(file))).toEqual(schema);
  },
);

test("every npm command that a document names exists, because a README whose command fails is worse than none", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const documents = [
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "docs/runbook.md",
    "docs/deployment.md",
    "docs/backup.md",
    "docs/who-may-send.md",
    "docs/dependencies.md",
    "SECURITY.md",
    "docs/encryption.md",
    "docs/retention.md",
    "docs/first-days.md",
  ];
  const named = documents.flatMap((file) =>
    [...read(file).matchAll(/npm run ([a-z][a-z:-]*[a-z])/g)].map((match) => match[1]),
  );
  expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
});

test("every link in the documents leads to a file", () => {
  const documents = [
    ...["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/decisions/README.md"],
    ...["docs/runbook.md", "docs/deployment.md", "docs/backup.md", "docs/who-may-send.md", "docs/encryption.md"],
    ...["docs/first-days.md", "docs/retention.md", "docs/dependencies.md", "SECURITY.md"],
  ];
  const broken = documents.flatMap((file) => {
    const folder = new URL(`../../${file}`, import.meta.url);
    const targets = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] as string);
    return targets.filter((target) => !exists(new URL(target, folder)));
  });
  expect(broken).toEqual([]);
});

function exists(url: URL): boolean {
  try {
    readFileSync(url);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}

test(".env.example names each variable that an app reads, and no other", () => {
  const schemas = [
    ...["ingress", "status-worker", "notification-worker", "reconciliation-worker", "ops"].map(
      (app) => `apps/${app}/src/config.ts`,
    ),
    "packages/runtime/src/lifecycle/process-environment.ts",
    "packages/worker/src/pipeline-environment.ts",
    "packages/sealing/src/environment.ts",
    "packages/ledger/src/rules-environment.ts",
    "scripts/src/ask-again/environment.ts",
    "scripts/src/migrate/environment.ts",
  ];
  const readByApps = schemas.flatMap((file) => namesIn(read(file), /^ +([A-Z][A-Z_]+): /gm));
  const readByStart = ["DATA_DIR"];
  const named = namesIn(read(".env.example"), /^# ([A-Z][A-Z_]+)(?:=| must not be set)/gm);
  expect([...new Set(named)].sort()).toEqual([...new Set([...readByApps, ...readByStart])].sort());
});

const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] as string);
