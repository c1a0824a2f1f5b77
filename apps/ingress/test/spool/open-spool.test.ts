import { mkdir, readFile, rename, stat, truncate, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { ReceiverError } from "@receiver/runtime";
import { describe, expect, test } from "vitest";
import { collector, delivery, filesIn, leaveBehind, openTestSpool, spoolFolder, textOf } from "./open-test-spool.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `{"n":${index}}`);
const HEADER = 20; // without facts
const outage = () => {
  throw new ReceiverError("DATABASE_UNAVAILABLE");
};

describe("what is appended", () => {
  test("is drained in its order, and its files are gone afterwards", async () => {
    const folder = await spoolFolder();
    const spool = await openTestSpool(folder);
    await Promise.all(numbers(500).map((text) => spool.append(delivery(text))));
    const { into, stored } = collector();
    await spool.drain(into);
    expect(stored()).toEqual(numbers(500));
    expect(spool.isEmpty()).toBe(true);
    expect(spool.bytes()).toBe(0);
    expect(await filesIn(folder, ".spool")).toEqual([]);
  });

  test("shares a flush with what comes at the same time: 500 appends make files of one batch or two, not 500", async () => {
    const folder = await spoolFolder();
    const spool = await openTestSpool(folder);
    await Promise.all(numbers(500).map((text) => spool.append(delivery(text))));
    expect(await filesIn(folder, ".spool")).toHaveLength(1);
  });

  test("is in the file when the append resolves, because the answer follows it", async () => {
    const folder = await spoolFolder();
    const spool = await openTestSpool(folder);
    await spool.append(delivery('{"n":1}'));
    const [file = ""] = await filesIn(folder, ".spool");
    expect((await stat(file)).size).toBe(spool.bytes());
  });

  test("while it is being drained is drained, too", async () => {
    const spool = await openTestSpool(await spoolFolder());
    await spool.append(delivery("first"));
    const { into, stored } = collector();
    const store: typeof into.store = async (batch) => {
      if (textOf(batch[0] as never) === "first") await spool.append(delivery("second"));
      await into.store(batch);
    };
    await spool.drain({ ...into, store });
    expect(stored()).toEqual(["first", "second"]);
  });

  test("beyond the bound is refused and takes no room, and fits again after draining", async () => {
    const spool = await openTestSpool(await spoolFolder(), 2 * HEADER + 71);
    await spool.append(delivery("x".repeat(70)));
    await expect(spool.append(delivery("x"))).resolves.toBeUndefined();
    await expect(spool.append(delivery("x"))).rejects.toMatchObject({ code: "SPOOL_FULL" });
    await spool.drain(collector().into);
    await expect(spool.append(delivery("x"))).resolves.toBeUndefined();
  });
});

describe("a draining that is cut short", () => {
  test("by an outage keeps the rest and goes on where it was, so that nothing overtakes and nothing is stored twice", async () => {
    const spool = await openTestSpool(await spoolFolder());
    await Promise.all(numbers(450).map((text) => spool.append(delivery(text))));
    let batches = 0;
    const { into, stored } = collector(() => {
      batches += 1;
      if (batches === 2) outage();
    });
    await expect(spool.drain(into)).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    expect(spool.isEmpty()).toBe(false);
    await spool.drain(into);
    expect(stored()).toEqual(numbers(450));
  });

  test("by one that the ledger refuses goes on with the others, and tries that one again when it is told to", async () => {
    const spool = await openTestSpool(await spoolFolder());
    for (const text of ["good", "bad", "also good"]) await spool.append(delivery(text));
    let isMended = false;
    const { into, stored, told } = collector((batch) => {
      if (!isMended && batch.some((one) => textOf(one) === "bad")) throw new ReceiverError("INTERNAL");
    });
    await spool.drain(into);
    expect(stored()).toEqual(["good", "also good"]);
    expect(told.refused).toBe(1);
    expect(spool.isEmpty()).toBe(true);
    expect(spool.bytes()).toBeGreaterThan(0); // it is still here
    isMended = true;
    await spool.retryRefused();
    await spool.drain(into);
    expect(stored()).toEqual(["good", "also good", "bad"]);
    expect(spool.bytes()).toBe(0);
  });
});

describe("a file that was damaged", () => {
  test("at its end, by a power cut, gives every whole record; the torn bytes are set aside and told of", async () => {
    const folder = await spoolFolder();
    const before = await openTestSpool(folder);
    await before.append(delivery("whole"));
    await before.append(delivery("torn"));
    await before.close();
    const [file = ""] = await filesIn(folder, ".spool");
    await truncate(file, (await stat(file)).size - 2);

    const spool = await openTestSpool(folder);
    await spool.adopt();
    const { into, stored, told } = collector();
    await spool.drain(into);
    expect(stored()).toEqual(["whole"]);
    expect(told.damaged).toEqual([HEADER + 2]);
    expect(await filesIn(folder, ".bin")).toHaveLength(1);
    expect(spool.isEmpty()).toBe(true);
  });

  test("in its middle gives what stands before and after", async () => {
    const folder = await spoolFolder();
    const before = await openTestSpool(folder);
    for (const text of ["before", "broken", "after"]) await before.append(delivery(text));
    await before.close();
    const [file = ""] = await filesIn(folder, ".spool");
    const bytes = await readFile(file);
    bytes[bytes.indexOf("broken")] = 0;
    await writeFile(file, bytes);

    const spool = await openTestSpool(folder);
    await spool.adopt();
    const { into, stored, told } = collector();
    await spool.drain(into);
    expect(stored()).toEqual(["before", "after"]);
    expect(told.damaged).toEqual([HEADER + "broken".length]);
  });
});

describe("a file that can't be read", () => {
  test("stands in nobody's way: the others are drained, and it is tried again", async () => {
    const folder = await spoolFolder();
    await leaveBehind(folder, "unreadable");
    const [file = ""] = await filesIn(folder, ".spool");
    const spool = await openTestSpool(folder);
    await spool.append(delivery("readable"));
    await spool.adopt();
    const [adopted = ""] = (await filesIn(folder, ".spool")).filter((path) => basename(path) === basename(file));
    await rename(adopted, `${adopted}.away`);
    const { into, stored } = collector();
    await expect(spool.drain(into)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(spool.drain(into)).rejects.toMatchObject({ code: "ENOENT" });
    expect(stored()).toEqual(["readable"]);
    await rename(`${adopted}.away`, adopted);
    await spool.drain(into);
    expect(stored()).toEqual(["readable", "unreadable"]);
  });
});

describe("a disk that fails", () => {
  test("to remove what is drained holds up nothing behind it", async () => {
    const folder = await spoolFolder();
    for (const text of ["can't be removed", "behind it"]) await leaveBehind(folder, text);
    const spool = await openTestSpool(folder);
    await spool.adopt();
    const { into, stored } = collector();
    const store: typeof into.store = async (batch) => {
      await into.store(batch);
      if (stored().length > 1) return;
      const [file = ""] = (await filesIn(folder, ".spool")).sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
      await rename(file, `${file}.aside`);
      await mkdir(file); // a folder can't be removed like a file
    };
    await expect(spool.drain({ ...into, store })).rejects.toMatchObject({ code: "ERR_FS_EISDIR" });
    await spool.drain({ ...into, store });
    expect(stored()).toEqual(["can't be removed", "behind it"]);
    expect(spool.isEmpty()).toBe(true);
  });
});

describe("a batch", () => {
  test("too large to be stored in time is brought in smaller ones, in order, because it would be too large each time", async () => {
    const spool = await openTestSpool(await spoolFolder());
    await Promise.all(numbers(150).map((text) => spool.append(delivery(text))));
    const { into, stored, batches } = collector((batch) => {
      if (batch.length > 40) throw new ReceiverError("DATABASE_CONTENTION");
    });
    await spool.drain(into);
    expect(stored()).toEqual(numbers(150));
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(38);
  });

  test("of one that can't be stored in time waits: that says something of Postgres, not of the delivery", async () => {
    const spool = await openTestSpool(await spoolFolder());
    await spool.append(delivery("alone"));
    const { into, told } = collector(() => {
      throw new ReceiverError("DATABASE_CONTENTION");
    });
    await expect(spool.drain(into)).rejects.toMatchObject({ code: "DATABASE_CONTENTION" });
    expect(told.refused).toBe(0);
    expect(spool.isEmpty()).toBe(false);
  });
});
