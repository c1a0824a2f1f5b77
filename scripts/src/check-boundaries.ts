import { glob, readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import type { Statement, VariableDeclarator } from "@swc/core";
import { Visitor } from "@swc/core/Visitor.js";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";

// dependency-cruiser walks swc's tree with swc's own visitor, which stops at `await using`: teach it that this declares, too.
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement: Statement | Using): Statement {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return statement as unknown as Statement;
};
type Using = { type: "UsingDeclaration"; decls: VariableDeclarator[] };

/** Runs dependency-cruiser and refuses a run that read fewer modules than there are: it passes with none read. */
const folders = ["apps", "packages", "scripts", "e2e", "chaos", "fuzz"];
const config: { default: { options: ICruiseOptions } & Record<string, unknown> } = await import(
  pathToFileURL(".dependency-cruiser.mjs").href
);
const { options, ...ruleSet } = config.default;
const { output } = await cruise(folders, { ...options, validate: true, ruleSet } as ICruiseOptions);
const result = output as ICruiseResult;

for (const { rule, from, to } of result.summary.violations) console.error(`${rule.name}: ${from} → ${to}`);

const read = new Set(result.modules.map((module) => module.source));
const missed: string[] = [];
for await (const file of glob(
  folders.map((folder) => `${folder}/**/*.ts`),
  { exclude: (name) => name.includes("node_modules") },
)) {
  if (!read.has(file)) missed.push(file);
  await assertNonEmpty(file);
}
for (const file of missed) console.error(`not read by dependency-cruiser: ${file}`);

const ours = [...read].filter((source) => folders.some((folder) => source.startsWith(`${folder}/`)));
console.log(`${ours.length} modules read, ${result.summary.violations.length} violations, ${missed.length} missed`);
if (result.summary.violations.length > 0 || missed.length > 0 || ours.length === 0) process.exitCode = 1;

async function assertNonEmpty(file: string): Promise<void> {
  if ((await readFile(file, "utf8")).trim() === "") missed.push(`${file} (empty)`);
}
