import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createGroupCommit, type GroupCommit } from "../src/group-commit.ts";

const MAX_ITEMS = 5;
const MAX_SIZE = 20;

type Item = { id: number; size: number; spoils: boolean };
class Spoilt extends Error {}

/** `committed`: the batches that held; `most`: how many were under way at once. */
function observed(turnsPerCommit = () => 1) {
  const log = { attempted: [] as Item[][], committed: [] as Item[][], underWay: 0, most: 0 };
  const commits = createGroupCommit<Item, string>({
    async commit(items) {
      log.attempted.push(items);
      log.underWay += 1;
      log.most = Math.max(log.most, log.underWay);
      for (let turn = turnsPerCommit(); turn > 0; turn -= 1) await nextTurn();
      log.underWay -= 1;
      if (items.some((item) => item.spoils)) throw new Spoilt();
      log.committed.push(items);
      return items.map(answerTo);
    },
    isWorthSplitting: (thrown) => thrown instanceof Spoilt,
    sizeOf: (item) => item.size,
    maxItems: MAX_ITEMS,
    maxSize: MAX_SIZE,
    batchesInFlight: 2,
    ...unbounded,
  });
  return { log, commits };
}

/** No bound that a test without one in its name could meet. */
const unbounded = { maxWaitingSize: Number.POSITIVE_INFINITY, patienceMs: 60_000, refuse: () => new Refused() };
class Refused extends Error {}

const nextTurn = () => new Promise(setImmediate);
const answerTo = (item: Item) => `item ${item.id}`;
const sizeOf = (batch: Item[]) => batch.reduce((sum, item) => sum + item.size, 0);
const item = (id: number): Item => ({ id, size: 1, spoils: false });

describe("whatever arrives, and whenever", () => {
  const arrivals = fc
    .array(fc.array(fc.record({ size: fc.nat({ max: 30 }), spoils: fc.boolean() }), { maxLength: 12 }), {
      maxLength: 8,
    })
    .map((turns) => {
      let id = 0;
      return turns.map((items) => items.map((one): Item => ({ ...one, id: id++ })));
    });

  test("each item is answered for itself, and only those that spoil their batch fail", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.nat({ max: 3 }), async (turns, turnsPerCommit) => {
        const { commits, log } = observed(() => turnsPerCommit);
        const outcomes = await Promise.allSettled(await arrive(commits, turns));

        const items = turns.flat();
        expect(outcomes.map(({ status }) => status)).toEqual(
          items.map(({ spoils }) => (spoils ? "rejected" : "fulfilled")),
        );
        expect(outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []))).toEqual(
          items.filter(({ spoils }) => !spoils).map(answerTo),
        );
        const committed = log.committed.flat().map(({ id }) => id);
        expect(new Set(committed).size).toBe(committed.length);
      }),
    );
  });

  test("batches keep their bounds, and no more than two are under way", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.nat({ max: 3 }), async (turns, turnsPerCommit) => {
        const { commits, log } = observed(() => turnsPerCommit);
        await Promise.allSettled(await arrive(commits, turns));

        expect(log.most).toBeLessThanOrEqual(2);
        for (const batch of log.attempted) {
          expect(batch.length).toBeLessThanOrEqual(MAX_ITEMS);
          if (batch.length > 1) expect(sizeOf(batch)).toBeLessThanOrEqual(MAX_SIZE);
        }
      }),
    );
  });

  test("idle means that everything that was added is answered", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (turns) => {
        const { commits, log } = observed(() => 2);
        let answered = 0;
        for (const promise of await arrive(commits, turns)) {
          promise.then(
            () => (answered += 1),
            () => (answered += 1),
          );
        }
        await commits.idle();

        expect(answered).toBe(turns.flat().length);
        expect(log.underWay).toBe(0);
      }),
    );
  });
});

describe("sharing", () => {
  afterEach(() => void vi.useRealTimers());

  test("what gathers while two batches are being committed shares the next, because that is when sharing pays", async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const batches: number[] = [];
    const commits = createGroupCommit<number, number>({
      async commit(items) {
        const gate = gates[batches.length];
        batches.push(items.length);
        await gate?.promise;
        return items;
      },
      isWorthSplitting: () => false,
      sizeOf: () => 1,
      maxItems: 100,
      maxSize: 100,
      batchesInFlight: 2,
      ...unbounded,
    });
    const first = commits.add(1);
    await nextTurn();
    const second = commits.add(2);
    await nextTurn();
    const others = Array.from({ length: 60 }, (_, index) => commits.add(index));
    await nextTurn();
    expect(batches).toEqual([1, 1]);

    gates.forEach((gate) => void gate.resolve());
    await Promise.all([first, second, ...others]);
    expect(batches).toEqual([1, 1, 60]);
  });

  test("a lone item waits for no timer, because most of the time nobody else comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    const { commits } = observed();
    await expect(commits.add(item(1))).resolves.toBe("item 1");
  });
});

describe("failures", () => {
  test("the item that spoils a batch is found by halving, not by asking for each", async () => {
    const { commits, log } = observed();
    const items = Array.from({ length: MAX_ITEMS }, (_, id) => ({ ...item(id), spoils: id === 0 }));
    await Promise.allSettled(items.map((one) => commits.add(one)));

    expect(log.attempted.map((batch) => batch.length)).toEqual([5, 3, 2, 1, 1, 1, 2]);
  });

  test("what is not the items' fault fails them together, because each half would only wait for the same", async () => {
    let calls = 0;
    const away = new Error("away");
    const commits = createGroupCommit<number, number>({
      async commit() {
        calls += 1;
        throw away;
      },
      isWorthSplitting: (thrown) => thrown !== away,
      sizeOf: () => 1,
      maxItems: 10,
      maxSize: 10,
      batchesInFlight: 2,
      ...unbounded,
    });
    const outcomes = await Promise.allSettled([commits.add(1), commits.add(2), commits.add(3)]);

    expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual([away, away, away]);
    expect(calls).toBe(1);
  });
});

/** Adds each turn's items in a turn of the event loop of its own. */
async function arrive(commits: GroupCommit<Item, string>, turns: Item[][]): Promise<Promise<string>[]> {
  const answers: Promise<string>[] = [];
  for (const items of turns) {
    for (const one of items) {
      const answer = commits.add(one);
      answer.catch(() => undefined); // looked at later
      answers.push(answer);
    }
    await nextTurn();
  }
  return answers;
}

describe("a store that hangs", () => {
  const hanging = (bounds: { maxWaitingSize: number; patienceMs: number }) => {
    const committed: number[] = [];
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const commits = createGroupCommit<number, number>({
      async commit(items) {
        await asleep;
        committed.push(...items);
        return items;
      },
      isWorthSplitting: () => false,
      sizeOf: () => 1,
      maxItems: 1,
      maxSize: 1,
      batchesInFlight: 2,
      ...unbounded,
      ...bounds,
    });
    return { commits, committed, wake: () => wake() };
  };

  test("fills no memory: what exceeds the line's bound is refused at once", async () => {
    const { commits, committed, wake } = hanging({ maxWaitingSize: 3, patienceMs: 60_000 });
    const inFlight = [commits.add(1), commits.add(2)];
    await nextTurn();
    const inLine = [commits.add(3), commits.add(4), commits.add(5)];
    await expect(commits.add(6)).rejects.toBeInstanceOf(Refused);
    wake();
    expect(await Promise.all([...inFlight, ...inLine])).toEqual([1, 2, 3, 4, 5]);
    expect(committed).toEqual([1, 2, 3, 4, 5]);
  });

  test("commits nothing late: who was in line for longer than his patience is refused, and the next one is not held up", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { commits, committed, wake } = hanging({ maxWaitingSize: 100, patienceMs: 1_000 });
    const inFlight = [commits.add(1), commits.add(2)];
    await nextTurn();
    const expired = commits.add(3);
    vi.advanceTimersByTime(1_001);
    const fresh = commits.add(4);
    wake();
    await expect(expired).rejects.toBeInstanceOf(Refused);
    expect(await Promise.all([...inFlight, fresh])).toEqual([1, 2, 4]);
    expect(committed).toEqual([1, 2, 4]);
    vi.useRealTimers();
  });
});
