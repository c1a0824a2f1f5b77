import { readFile, writeFile } from "node:fs/promises";
import { generatedParts } from "./documents/generated-parts.ts";

/** `npm run documents`: writes anew the tables in the documents that the code decides. A test fails while they differ. */
for (const { file, marker, lines } of generatedParts) {
  const path = new URL(`../../${file}`, import.meta.url);
  const text = await readFile(path, "utf8");
  await writeFile(path, replaceBetween(text, marker, lines));
  console.log(`${file}: ${marker}`);
}

function replaceBetween(text: string, marker: string, lines: readonly string[]): string {
  const [open, close] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < 0) throw new Error(`no ${open} … ${close} to write between`);
  return `${text.slice(0, start + open.length)}\n${lines.join("\n")}\n${text.slice(end)}`;
}
