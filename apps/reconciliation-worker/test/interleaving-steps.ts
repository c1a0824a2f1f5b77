import fc from "fast-check";
import type { World } from "./interleaving-world.ts";
import { killPlaces } from "./kill-in-transaction.ts";

/** What has been posted, and was answered: by it the end is judged. Indexes of the world's bodies. */
export type Answered = Set<number>;

type Step = fc.AsyncCommand<Answered, World>;

/** A step by its name, so that a failing run reads like a log. Any step may come at any time. */
const step = (name: string, run: (world: World, answered: Answered) => Promise<void>): Step => ({
  check: () => true,
  run: (answered, world) => run(world, answered),
  toString: () => name,
});

/** Some of the jobs that wait; a number that is too large counts round. */
const nth = fc.nat({ max: 30 });

/** Everything that may befall a delivery between its answer and its effect. */
export function interleavingSteps(bodies: number): fc.Arbitrary<Step>[] {
  const body = fc.nat({ max: bodies - 1 });
  const receive = (of: "published" | "lost") =>
    body.map((index) =>
      step(`receive ${index}, its wake-up ${of}`, async (world, answered) => {
        await world.receive(index, of);
        answered.add(index);
      }),
    );
  const runKilled = fc
    .tuple(nth, fc.constantFrom(...killPlaces))
    .map(([n, place]) => step(`run job ${n}, killed at ${place}`, (world) => world.runKilled(n, place)));
  return [
    ...[1, 2, 3].map(() => receive("published")), // as often as three others, so that there is something to befall
    receive("lost"),
    nth.map((n) => step(`run job ${n}`, (world) => world.run(n))),
    nth.map((n) => step(`run job ${n} twice at once`, (world) => world.runTwice(n))),
    fc.constant(step("run all jobs at once", (world) => world.runAll())),
    runKilled,
    runKilled,
    nth.map((n) => step(`run job ${n}, and die before the queue is told`, (world) => world.runUntold(n))),
    nth.map((n) => step(`give job ${n} up without a word on its row`, (world) => world.giveUp(n))),
    fc.constant(step("empty the queue", async (world) => world.queue.empty())),
    fc.constant(step("the replica stops to follow", async (world) => world.queue.mark())),
    fc.constant(step("fail over to the replica", async (world) => world.queue.fallBack())),
    fc.constant(step("sweep", (world) => world.sweep())),
    fc.constant(
      step("two sweepers at once", async (world) => void (await Promise.all([world.sweep(), world.sweep()]))),
    ),
  ];
}
