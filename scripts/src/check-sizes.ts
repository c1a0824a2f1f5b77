import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { sourceFiles } from "./gates/source-files.ts";

/** Refuses any .ts file that git tracks, or is about to, with more lines: a longer one holds more than one thing. */
const MAX_LINES = 300;
/** Of a barrel, `index.ts`: what exports more is two packages. */
const MAX_BARREL_LINES = 25;

const counted = await Promise.all((await sourceFiles("*.ts")).map(linesOf));
const tooLong = counted.filter(({ file, lines }) => lines > (isBarrel(file) ? MAX_BARREL_LINES : MAX_LINES));

for (const { file, lines } of tooLong) console.error(`${file}: ${lines} lines`);
console.log(
  `${counted.length} files counted, ${tooLong.length} of more than ${MAX_LINES} lines, or ${MAX_BARREL_LINES} of a barrel`,
);
if (tooLong.length > 0 || counted.length === 0) process.exitCode = 1;

function isBarrel(file: string): boolean {
  return basename(file) === "index.ts";
}

async function linesOf(file: string): Promise<{ file: string; lines: number }> {
  const text = await readFile(file, "utf8");
  return { file, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0) };
}
