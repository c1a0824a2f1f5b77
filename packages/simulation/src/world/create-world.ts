import { type InventedFile, inventFile, inventResubmission, runIdOf } from "../invented-file.ts";
import { type Random, seededRandom } from "../seeded-random.ts";
import { type Course, DRAWN_SPAN_MS, drawCourse, drawSecondTry } from "./course.ts";
import { liveFile } from "./live-file.ts";
import type { Truth, World, WorldFile, WorldOptions } from "./world.ts";

/** Below it a decision and its reversal would meet in one second. */
const SHORTEST_SPAN_MS = 10_000;
const COMPANY_ID = 123; // that of Danaya's documented examples

/**
 * One consistent world of files: what is true of each at any time, and every webhook that says so. Pure.
 * @throws RangeError for a span of less than ten seconds
 */
export function createWorld(options: WorldOptions): World {
  const { seed, files: count, spanMs = DRAWN_SPAN_MS } = options;
  if (!(spanMs >= SHORTEST_SPAN_MS)) throw new RangeError(`a world lasts ${SHORTEST_SPAN_MS} ms at least`);
  const startsAt = wholeSecond(options.startsAt);
  const files = liveAll(count, { ...options, startsAt, spanMs });
  const byUuid = new Map(files.map((file) => [file.fileUuid, file]));
  return {
    seed,
    startsAt,
    endsAt: startsAt + spanMs,
    files,
    finalStates: new Map(files.map(({ fileUuid, finalState }) => [fileUuid, finalState])),
    fileOf: (fileUuid) => byUuid.get(fileUuid),
    truthAt: (fileUuid, time) => truthOf(byUuid.get(fileUuid), time),
  };
}

type Frame = WorldOptions & { spanMs: number };
type Life = { file: WorldFile; resubmittedAt: number | null };

/** File n is the same however many files are asked for. */
function liveAll(count: number, frame: Frame): WorldFile[] {
  const lives: Life[] = [];
  for (let index = 0; index < count; index += 1) lives.push(liveOne(index, lives.at(-1), frame));
  return lives.map(({ file }) => file);
}

function liveOne(index: number, before: Life | undefined, frame: Frame): Life {
  const random = seededRandom("world", frame.seed, index);
  if (!before || before.resubmittedAt === null) {
    const course = drawCourse(random);
    return live(inventFor(index, course, random, frame), course, random, frame);
  }
  const course = drawSecondTry(random, before.resubmittedAt);
  const place = placeOf(index, course, frame);
  const { file } = live(inventResubmission(before.file.invented, random, place), course, random, frame);
  return { file: { ...file, resubmissionOf: before.file.fileUuid }, resubmittedAt: null };
}

function inventFor(index: number, course: Course, random: Random, frame: Frame): InventedFile {
  const file = inventFile(random, placeOf(index, course, frame));
  return { ...file, companyId: random.pick(frame.companies ?? [COMPANY_ID]) };
}

function live(file: InventedFile, course: Course, random: Random, frame: Frame): Life {
  const happenings = course.happenings.map((happening) => ({ ...happening, at: timeOf(happening.at, frame) }));
  return { file: liveFile(file, happenings, random), resubmittedAt: course.resubmittedAt };
}

const placeOf = (index: number, { happenings }: Course, frame: Frame) => ({
  runId: runIdOf(frame.seed),
  index,
  openedAt: timeOf(happenings[0]?.at ?? 0, frame),
});

/** @param at milliseconds from the start in the span in which courses are drawn */
const timeOf = (at: number, { startsAt, spanMs }: Frame): number =>
  startsAt + wholeSecond((at * spanMs) / DRAWN_SPAN_MS);

function truthOf(file: WorldFile | undefined, time: number): Truth | null {
  const moment = file?.timeline.findLast(({ from }) => from <= time);
  if (!file || !moment || moment.status === null) return null;
  return { number: file.fileNumber, status: moment.status, state: moment.state };
}

const wholeSecond = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
