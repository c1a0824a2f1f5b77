import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeRecord } from "../../src/spool/record.ts";
import { collector, delivery, filesIn, openTestSpool, spoolFolder } from "./open-test-spool.ts";

const recordOf = (text: string) => Buffer.concat(encodeRecord(delivery(text)));

/** As another version set it aside, so many seconds ago. */
async function setAsideBefore(seconds: number, ...stretches: Uint8Array[]): Promise<string> {
  const folder = await spoolFolder();
  await mkdir(join(folder, "damaged"));
  for (const [index, bytes] of stretches.entries()) {
    const path = join(folder, "damaged", `${index}.bin`);
    await writeFile(path, bytes);
    const then = Date.now() / 1_000 - seconds;
    await utimes(path, then, then);
  }
  return folder;
}

async function drained(folder: string) {
  const spool = await openTestSpool(folder);
  await spool.adopt();
  const { into, stored, told } = collector();
  await spool.drain(into);
  return { stored: stored(), told, bytes: spool.bytes() };
}

describe("what lies in damaged/", () => {
  test("is drained where this version can read it: one that could not had set it aside, and it was answered as stored", async () => {
    const torn = recordOf("torn").subarray(0, -1);
    const folder = await setAsideBefore(300, Buffer.concat([recordOf("one"), recordOf("two"), torn]));
    expect(await drained(folder)).toMatchObject({ stored: ["one", "two"], told: { damaged: [torn.length] }, bytes: 0 });
    const [left = "", ...others] = await filesIn(folder, ".bin");
    expect(others).toEqual([]);
    expect(await readFile(left)).toEqual(torn);
  });

  test("stays there where no version could read it, and is not told of again", async () => {
    const folder = await setAsideBefore(300, recordOf("torn").subarray(0, -1));
    expect(await drained(folder)).toMatchObject({ stored: [], told: { damaged: [] } });
    expect(await filesIn(folder, ".bin")).toEqual([join(folder, "damaged", "0.bin")]);
  });

  test("waits while another process may still be writing it, because half of it would be taken and the rest lost", async () => {
    const folder = await setAsideBefore(0, recordOf("one"));
    const spool = await openTestSpool(folder);
    await spool.adopt();
    expect(spool.isEmpty()).toBe(true);
    await utimes(join(folder, "damaged", "0.bin"), 1, 1);
    await spool.adopt();
    expect(spool.isEmpty()).toBe(false);
  });

  test("and can't be read keeps nothing from being taken over", async () => {
    const folder = await setAsideBefore(300, recordOf("one"));
    await mkdir(join(folder, "damaged", "a-folder.bin"));
    await utimes(join(folder, "damaged", "a-folder.bin"), 1, 1);
    const spool = await openTestSpool(folder);
    expect((await spool.adopt()).failed).toMatchObject([{ code: "EISDIR" }]);
    expect(spool.isEmpty()).toBe(false);
  });
});
