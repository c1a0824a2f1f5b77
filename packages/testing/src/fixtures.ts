import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../contracts/fixtures/", import.meta.url);

/** A delivery as Danaya might send it. */
export type Fixture = {
  /** The file's name without its ending. */
  name: string;
  /** The body, to be posted as it is. */
  bytes: Buffer;
};

/** By name without ending, whether good or bad. Throws when there is none. */
export function fixture(name: string): Fixture {
  const found = [...goodFixtures(), ...badFixtures()].find((one) => one.name === name);
  if (found) return found;
  throw new Error(`there is no fixture named ${name}`);
}

/** Danaya's four documented messages. */
export function documentedFixtures(): Fixture[] {
  return goodFixtures().filter(({ name }) => name.startsWith("documented-"));
}

/** The deliveries of one invented case, in order of their names. Throws when there is no such case. */
export function fixturesOfCase(number: number): Fixture[] {
  const found = goodFixtures().filter(({ name }) => caseOf(name) === number);
  if (found.length > 0) return found;
  throw new Error(`there are no fixtures of case ${number}`);
}

/** The numbers of the cases that have fixtures, ascending. */
export function fixtureCases(): number[] {
  const numbers = goodFixtures().map(({ name }) => caseOf(name));
  return [...new Set(numbers.filter((number) => number !== null))].sort((a, b) => a - b);
}

/** Bodies that must not be applied; the name says why. */
export function badFixtures(): Fixture[] {
  return read("bad");
}

/** Messages that can be applied: the documented and the invented ones. */
export function goodFixtures(): Fixture[] {
  return read("danaya");
}

function caseOf(name: string): number | null {
  const digits = name.match(/^case-(\d+)-/)?.[1];
  return digits === undefined ? null : Number(digits);
}

function read(folder: "danaya" | "bad"): Fixture[] {
  const files = readdirSync(new URL(`${folder}/`, root)).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => ({
    name: file.slice(0, -".json".length),
    bytes: readFileSync(new URL(`${folder}/${file}`, root)),
  }));
}
