import { mkdir, readdir, rename, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { collector, delivery, filesIn, leaveBehind, openTestSpool, spoolFolder } from "./open-test-spool.ts";

describe("several processes on one folder", () => {
  test("leave each other's alone while they live", async () => {
    const folder = await spoolFolder();
    const [first, second] = [await openTestSpool(folder), await openTestSpool(folder)];
    await first.append(delivery("the first one's"));
    expect(await second.adopt()).toEqual({ count: 0, failed: [] });
    const { into, stored } = collector();
    await second.drain(into);
    expect(stored()).toEqual([]);
  });

  test("find each other below a path that is longer than a socket's name may be", async () => {
    const folder = join(await spoolFolder(), "x".repeat(100));
    const first = await openTestSpool(folder);
    await first.append(delivery("below a long path"));
    const second = await openTestSpool(folder);
    expect(await second.adopt()).toEqual({ count: 0, failed: [] });
    await first.close();
    expect(await second.adopt()).toEqual({ count: 1, failed: [] });
  });

  test("take over what one that closed has left, once, the oldest first", async () => {
    const folder = await spoolFolder();
    for (const text of ["oldest", "older"]) await leaveBehind(folder, text);
    const [first, second] = [await openTestSpool(folder), await openTestSpool(folder)];
    await first.append(delivery("newest"));
    const adopted = await Promise.all([first.adopt(), second.adopt()]);
    expect(adopted[0].count + adopted[1].count).toBe(2);
    const [one, other] = [collector(), collector()];
    await Promise.all([first.drain(one.into), second.drain(other.into)]);
    expect([...one.stored(), ...other.stored()].sort()).toEqual(["newest", "older", "oldest"]);
    expect(one.stored().at(-1)).toBe("newest");
    expect(await filesIn(folder, ".spool")).toEqual([]);
  });

  test("a folder that was taken over and left again is found with all that is in it", async () => {
    const folder = await spoolFolder();
    await leaveBehind(folder, "handed on twice");
    const second = await openTestSpool(folder);
    await second.adopt();
    await second.append(delivery("the second one's"));
    await second.close();
    const third = await openTestSpool(folder);
    await third.adopt();
    const { into, stored } = collector();
    await third.drain(into);
    expect(stored()).toEqual(["handed on twice", "the second one's"]);
    await third.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test("keep what they took over a level deep, because a name grows no longer with each restart of an outage", async () => {
    const folder = await spoolFolder();
    for (const text of ["first", "second", "third", "fourth"]) {
      const spool = await openTestSpool(folder);
      await spool.adopt();
      await spool.append(delivery(text));
      await spool.close();
    }
    const last = await openTestSpool(folder);
    expect(await last.adopt()).toEqual({ count: 4, failed: [] });
    const depths = (await filesIn(folder, ".spool")).map((file) => relative(folder, file).split("/").length);
    expect(depths).toEqual([3, 3, 3, 3]);
    const { into, stored } = collector();
    await last.drain(into);
    expect(stored()).toEqual(["first", "second", "third", "fourth"]);
  });

  test("find what was moved to them before an error, because nobody else looks there any more", async () => {
    const folder = await spoolFolder();
    await leaveBehind(folder, "half taken over");
    const [left = ""] = await readdir(folder);
    const spool = await openTestSpool(folder);
    const own = (await readdir(folder)).find((name) => name !== left) ?? "";
    await rename(join(folder, left), join(folder, own, `from-${left}`));
    expect((await spool.adopt()).count).toBe(1);
    expect((await spool.adopt()).count).toBe(0);
    const { into, stored } = collector();
    await spool.drain(into);
    expect(stored()).toEqual(["half taken over"]);
  });

  test("say which folder they can't ask about, and take over the others, because it would wait there unseen", async () => {
    const folder = await spoolFolder();
    await leaveBehind(folder, "the other one's");
    // A path whose socket can't be asked: too long a chain of links stands for another user's folder, which root may enter.
    await mkdir(join(folder, "0123456789"));
    await symlink("owner", join(folder, "0123456789", "owner"));
    const spool = await openTestSpool(folder);
    const { count, failed } = await spool.adopt();
    expect(count).toBe(1);
    expect(failed).toMatchObject([{ code: "ELOOP" }]);
  });
});
