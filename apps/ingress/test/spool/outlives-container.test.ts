import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { outlivesContainer } from "../../src/spool/outlives-container.ts";
import { spoolFolder } from "./open-test-spool.ts";

/** A table of mounts as a container sees it: its own root, and what was mounted into it. */
async function judged(mounts: (folder: string) => Record<string, string>): Promise<boolean> {
  const folder = await spoolFolder();
  await mkdir(join(folder, "volume/spool"), { recursive: true });
  const lines = Object.entries(mounts(folder)).map(
    ([point, type], index) =>
      `${40 + index} 1 0:${index} / ${point.replaceAll(" ", "\\040")} rw,relatime shared:1 - ${type} source rw`,
  );
  const table = join(folder, "mountinfo");
  await writeFile(table, `${lines.join("\n")}\n`);
  return outlivesContainer(join(folder, "volume/spool"), table);
}

test.each([
  [
    "a volume mounted at the folder",
    true,
    (folder: string) => ({ "/": "overlay", [`${folder}/volume/spool`]: "ext4" }),
  ],
  ["a volume mounted above it", true, (folder: string) => ({ "/": "overlay", [`${folder}/volume`]: "xfs" })],
  ["the container's own root", false, () => ({ "/": "overlay", "/elsewhere": "ext4" })],
  [
    "a folder whose name a volume's only begins with",
    false,
    (folder: string) => ({ "/": "overlay", [`${folder}/vol`]: "ext4" }),
  ],
  ["memory mounted over a disk", false, (folder: string) => ({ "/": "ext4", [`${folder}/volume`]: "tmpfs" })],
  ["a machine's own disk", true, () => ({ "/": "ext4" })],
])("%s outlives the container: %s", async (_what, outlives, mounts) => {
  expect(await judged(mounts)).toBe(outlives);
});

test("a system that doesn't tell its mounts is taken at its word", async () => {
  expect(await outlivesContainer("/", "/nowhere/mountinfo")).toBe(true);
});
