import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** A longer file holds more than one thing. Refuses any .ts file that git tracks, or is about to, with more lines. */
const MAX_LINES = 300;

const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z", "--", "*.ts"];
const { stdout } = await promisify(execFile)("git", list, { maxBuffer: 1e8 });
const counted = (await Promise.all(stdout.split("\0").filter(Boolean).map(linesOf))).filter((file) => file !== null);
const tooLong = counted.filter(({ lines }) => lines > MAX_LINES);

for (const { file, lines } of tooLong) console.error(`${file}: ${lines} lines`);
console.log(`${counted.length} files counted, ${tooLong.length} of more than ${MAX_LINES} lines`);
if (tooLong.length > 0 || counted.length === 0) process.exitCode = 1;

/** null for a file that was removed but is still tracked. */
async function linesOf(file: string): Promise<{ file: string; lines: number } | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : { file, lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0) };
}
