import { describe, expect, test } from "vitest";
import { createAdmitUser } from "../src/authentication/admit-user.ts";
import { createLockOut } from "../src/authentication/lock-out.ts";
import type { User } from "../src/authentication/user-list.ts";

const ada: User = { name: "ada", role: "operator", credential: "not looked at here" };
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** The checks that were made, and a clock to turn. Only ada's password "right" is right. */
function openDoor() {
  const clock = { ms: 1e12 };
  const checked: string[] = [];
  const check = async (name: string, password: string) => {
    checked.push(password);
    return name === ada.name && password === "right" ? ada : null;
  };
  const admit = createAdmitUser(
    check,
    createLockOut(() => new Date(clock.ms)),
  );
  const tryAs = async (name: string, password: string, network = "192.0.2.1") => admit({ name, password, network });
  return { clock, checked, tryAs };
}

type Door = ReturnType<typeof openDoor>;

async function guess({ tryAs }: Door, times: number, { name = "ada", network = "192.0.2.1" } = {}) {
  for (let n = 0; n < times; n += 1) await tryAs(name, `wrong ${n}`, network);
}

/** Guesses whenever a guess is looked at, and turns the clock to when the next one is. @returns the milliseconds that it took */
async function guessPatiently({ clock, tryAs }: Door, times: number, by: (n: number) => [string, string]) {
  const begunAt = clock.ms;
  for (let n = 0; n < times; n += 1) {
    const [name, network] = by(n);
    const admission = await tryAs(name, `wrong ${n}`, network);
    if (admission.kind !== "later") continue;
    clock.ms += admission.retryAfterSeconds * SECOND_MS;
    n -= 1;
  }
  return clock.ms - begunAt;
}

describe("the lock-out", () => {
  test("holds up a name after five wrong passwords from one network, the right one too, for a while that doubles", async () => {
    const door = openDoor();
    await guess(door, 5);
    expect(await door.tryAs("ada", "right")).toEqual({ kind: "later", retryAfterSeconds: 1 });
    expect(door.checked).not.toContain("right"); // or the answer would tell the guesser
    const waits: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const admission = await door.tryAs("ada", `wrong again ${n}`);
      if (admission.kind !== "later") throw new Error("it was let through");
      waits.push(admission.retryAfterSeconds);
      door.clock.ms += admission.retryAfterSeconds * SECOND_MS;
      expect((await door.tryAs("ada", `wrong once more ${n}`)).kind).toBe("wrong");
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  test("treats a name that nobody has like any other, because it would tell who exists", async () => {
    const door = openDoor();
    await guess(door, 5, { name: "eve" });
    expect(await door.tryAs("eve", "any")).toEqual({ kind: "later", retryAfterSeconds: 1 });
  });

  test("ends by itself, whatever was tried meanwhile, because nobody is to be locked out for ever", async () => {
    const door = openDoor();
    await guess(door, 5);
    await guess(door, 100); // not looked at, not counted
    door.clock.ms += SECOND_MS;
    expect(await door.tryAs("ada", "right")).toEqual({ kind: "right", user: ada });
    await guess(door, 4);
    expect((await door.tryAs("ada", "right")).kind).toBe("right"); // who came in begins anew
  });

  test("counts tries that are made at once, because a guesser doesn't wait for answers", async () => {
    const { tryAs, checked } = openDoor();
    const admissions = await Promise.all(Array.from({ length: 50 }, (_, n) => tryAs("ada", `wrong ${n}`)));
    expect(admissions.filter(({ kind }) => kind === "later")).toHaveLength(45);
    expect(checked).toHaveLength(5);
  });

  test("lets a program send its right password with many calls at once", async () => {
    const { tryAs, checked } = openDoor();
    const admissions = await Promise.all(Array.from({ length: 50 }, () => tryAs("ada", "right")));
    expect(admissions.every(({ kind }) => kind === "right")).toBe(true);
    expect(checked).toHaveLength(1);
  });

  test("holds up a network that tries one password for many names", async () => {
    const door = openDoor();
    for (let n = 0; n < 20; n += 1) await door.tryAs(`name ${n}`, "Winter2026!");
    expect(await door.tryAs("ada", "right")).toMatchObject({ kind: "later" });
    expect((await door.tryAs("ada", "right", "198.51.100.7")).kind).toBe("right");
  });

  test("is not lifted from a network by who has a password of his own there", async () => {
    const door = openDoor();
    for (let n = 0; n < 40; n += 1) {
      await door.tryAs(`name ${n}`, "Winter2026!");
      await door.tryAs("ada", "right");
    }
    expect(await door.tryAs("name 41", "Winter2026!")).toMatchObject({ kind: "later" });
    expect((await door.tryAs("ada", "right")).kind).toBe("right"); // she came in from here before
  });

  test("is prolonged by no right password, or a program that comes in every half hour would keep its network's mistypes for ever", async () => {
    const door = openDoor();
    for (let n = 0; n < 25; n += 1) {
      await door.tryAs(`mistyped ${n}`, "wrong");
      for (let halfHour = 0; halfHour < 4; halfHour += 1) {
        door.clock.ms += 30 * MINUTE_MS;
        expect((await door.tryAs("ada", "right")).kind).toBe("right");
      }
    }
    expect((await door.tryAs("new here", "wrong")).kind).toBe("wrong");

    for (let n = 0; n < 19; n += 1) await door.tryAs(`name ${n}`, "wrong");
    expect(await door.tryAs("new here", "any")).toEqual({ kind: "later", retryAfterSeconds: 1 });
    door.clock.ms += SECOND_MS;
    await Promise.all([door.tryAs("ada", "right"), door.tryAs("ada", "right")]);
    expect((await door.tryAs("new here", "wrong")).kind).toBe("wrong");
  });

  test("counts a try whose check broke, because a guesser may know how to break it", async () => {
    const lockOut = createLockOut(() => new Date(1e12));
    const admit = createAdmitUser(() => Promise.reject(new Error("out of memory")), lockOut);
    const given = { name: "ada", network: "192.0.2.1" };
    for (let n = 0; n < 5; n += 1) await expect(admit({ ...given, password: `wrong ${n}` })).rejects.toThrow();
    expect(lockOut.waitMs(given)).toBe(SECOND_MS);
  });

  test("slows down guesses at one name from ever new networks, and not its owner where she came in before", async () => {
    const door = openDoor();
    await door.tryAs("ada", "right", "her office");
    await guessPatiently(door, 49, (n) => ["ada", `network ${n}`]);
    const took = await guessPatiently(door, 100, (n) => ["ada", `another ${n}`]);
    expect(took).toBeGreaterThan(90 * 30 * SECOND_MS); // 3,000 a day, however many networks
    expect(await door.tryAs("ada", "any", "her home")).toMatchObject({ kind: "later" });
    expect((await door.tryAs("ada", "right", "her office")).kind).toBe("right");
  });

  test("lets one network make no more than about a hundred guesses a day", async () => {
    const door = openDoor();
    const took = await guessPatiently(door, 120, () => ["ada", "192.0.2.1"]);
    expect(took).toBeGreaterThan(24 * 60 * MINUTE_MS);
  });

  test("forgets what was wrong an hour ago", async () => {
    const door = openDoor();
    await guess(door, 4);
    door.clock.ms += 60 * MINUTE_MS;
    await guess(door, 4);
    expect((await door.tryAs("ada", "right")).kind).toBe("right");
  });
});
