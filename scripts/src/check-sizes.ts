import { readFile } from "node:fs/promises";
import { sourceFiles } from "./gates/source-files.ts";

/** A longer file holds more than one thing. Refuses any .ts file that git tracks, or is about to, with more lines. */
const MAX_LINES = 300;

const counted = await Promise.all((await sourceFiles("*.ts")).map(linesOf));
const tooLong = counted.filter(({ lines }) => lines > MAX_LINES);

for (const { file, lines } of tooLong) console.error(`${file}: ${lines} lines`);
console.log(`${counted.length} files counted, ${tooLong.length} of more than ${MAX_LINES} lines`);
if (tooLong.length > 0 || counted.length === 0) process.exitCode = 1;

async function linesOf(file: string): Promise<{ file: string; lines: number }> {
  const text = await readFile(file, "utf8");
  return { file, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0) };
}
