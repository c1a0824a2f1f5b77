import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KnownHead } from "@receiver/chains";
import { afterAll, beforeAll, expect, test } from "vitest";
import { headsWriter, readHeadsFile } from "../../src/audit/heads-file.ts";

const clientFileId = "018f0000-0000-7000-8000-000000000001";
const heads: KnownHead[] = [
  { chain: { table: "audit_log", clientFileId: null }, head: { position: 12, hash: "ab".repeat(32) } },
  { chain: { table: "transitions", clientFileId }, head: { position: 3, hash: "cd".repeat(32) } },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "receiver-heads-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function exported(): Promise<string> {
  const pieces: string[] = [];
  const writer = headsWriter(async (text) => void pieces.push(text), new Date("2026-11-22T12:00:00Z"));
  await writer.begin();
  for (const head of heads) await writer.add([head]);
  await writer.end();
  return pieces.join("");
}

async function read(text: string, perPage?: number) {
  const path = join(folder, "heads.jsonl");
  await writeFile(path, text);
  const pages: KnownHead[][] = [];
  const summary = await readHeadsFile(path, async (page) => void pages.push(page), perPage);
  expect(await readFile(path, "utf8")).toBe(text);
  return { summary, pages };
}

test("what was exported is read as it was, page by page, because there may be a million files", async () => {
  const { summary, pages } = await read(await exported(), 1);
  expect(pages.flat()).toEqual(heads);
  expect(Math.max(...pages.map(({ length }) => length))).toBe(1);
  expect(summary).toMatchObject({ chains: 2, exportedAt: "2026-11-22T12:00:00.000Z" });
});

test.each<[string, (text: string) => string, RegExp]>([
  ["a changed hash", (text) => text.replace("abab", "abac"), /isn't as it was exported/],
  ["a line taken out", (text) => text.replace(/\n.*audit_log.*\n/, "\n"), /isn't as it was exported/],
  ["a missing end", (text) => text.replace(/\n[^\n]+\n$/, "\n"), /is cut off/],
  ["something behind its end", (text) => `${text}{}\n`, /goes on behind its end/],
  ["another kind of file", () => "# notes\n", /is no export of heads/],
  ["a line that is no head", (text) => text.replace("transitions/", "others/"), /a line that is no head/],
])("a file with %s proves nothing, and says so", async (_what, change, message) => {
  await expect(read(change(await exported()))).rejects.toThrow(message);
});

test("a file that isn't there is named", async () => {
  await expect(readHeadsFile(join(folder, "none"), async () => undefined)).rejects.toThrow(/none can't be read/);
});
