import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PipelineUrls } from "./pipeline.ts";

/** Where the running pipeline listens, for the commands that talk to it. It bears the token: readable by its owner only. */
export async function writeRunFile(dataDir: string, run: PipelineUrls & { webhookUrl: string }): Promise<void> {
  await writeFile(join(dataDir, "start.json"), `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
}
