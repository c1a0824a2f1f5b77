import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** The files below this folder that git tracks, or is about to. One that was removed but is still tracked is none. */
export async function sourceFiles(pattern = "."): Promise<string[]> {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z", "--", pattern];
  const { stdout } = await promisify(execFile)("git", list, { maxBuffer: 1e8 });
  return stdout.split("\0").filter((file) => file !== "" && existsSync(file));
}
