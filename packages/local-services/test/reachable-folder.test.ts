import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canEnter, firstReachable, ownFolder } from "../src/embedded/reachable-folder.ts";
import { closedFolder, openFolder } from "./temporary-folders.ts";

const stranger = { uid: 65_534, gid: 65_534 };

test("a process that runs as itself keeps its data in place, closed to others", async () => {
  const wanted = join(closedFolder(), "postgres");
  expect(await ownFolder(wanted, null, [])).toBe(realpathSync(wanted));
  expect(statSync(wanted).mode & 0o777).toBe(0o700);
});

describe.runIf(process.getuid?.() === 0)("as root, for a server that runs as another user", () => {
  test("a folder under a closed parent becomes a link to one that the user can reach, and is found again", async () => {
    const wanted = join(closedFolder(), "postgres");
    const place = join(openFolder(), "place");
    const folder = await ownFolder(wanted, stranger, [place]);
    expect(lstatSync(wanted).isSymbolicLink()).toBe(true);
    expect(folder.startsWith(place)).toBe(true);
    expect(statSync(folder)).toMatchObject({ uid: stranger.uid, gid: stranger.gid });
    expect(canEnter(folder, stranger)).toBe(true);
    expect(await ownFolder(wanted, stranger, [place])).toBe(folder);
  });

  test("data that was removed is made anew, because a link to nothing would fail for ever", async () => {
    const wanted = join(closedFolder(), "postgres");
    const place = join(openFolder(), "place");
    rmSync(await ownFolder(wanted, stranger, [place]), { recursive: true });
    expect(existsSync(await ownFolder(wanted, stranger, [place]))).toBe(true);
  });

  test("a folder that the user can reach stays in place", async () => {
    const wanted = join(openFolder(), "postgres");
    expect(await ownFolder(wanted, stranger, [])).toBe(realpathSync(wanted));
  });

  test("a place that others can write to is passed over, because they could put their own data there", async () => {
    const [writable, foreign, good] = [openFolder(), openFolder(), openFolder()].map((folder) => join(folder, "place"));
    for (const place of [writable, foreign] as string[]) mkdirSync(place);
    chmodSync(writable as string, 0o777);
    await expect(firstReachable(stranger, [writable as string])).rejects.toThrow("DATABASE_URL");
    expect(await firstReachable(stranger, [writable, join(closedFolder(), "closed"), good] as string[])).toBe(good);
  });
});
