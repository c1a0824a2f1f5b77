import { describe, expect, test } from "vitest";
import { processesOf, simulateAndLook, start } from "./start-as-a-stranger.ts";

describe("npm start", () => {
  test("brings the pipeline up, serves the documented webhooks, and leaves nothing behind at SIGTERM", async () => {
    const { child, exited, dataDir, lines } = await start(process.env.PATH ?? "");
    expect(await simulateAndLook(dataDir)).toEqual(["APPROVED"]);
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(lines.at(-1)).toBe("stopped");
    await expect.poll(() => processesOf(dataDir), { timeout: 10_000 }).toEqual([]);
  });
});
