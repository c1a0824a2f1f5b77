import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const table = readFileSync(new URL("SECURITY.md", root), "utf8").split(/<!-- \/?attacks -->/)[1] ?? "";
const rows = table.split("\n").filter((line) => /^\| (?!attack |---)/.test(line));

test("the table of attacks names a test for each, and the file is there", () => {
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const files = [...(row.split("|").at(-2) ?? "").matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => file as string);
    expect(files, row).not.toEqual([]);
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  }
});
