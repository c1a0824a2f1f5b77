import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allFaultKinds } from "../src/plan/fault-kinds.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = "chaos/mutations";
type Mutation = { breaks: string; check: string; faults: string };
const mutations: Record<string, Mutation> = JSON.parse(readFileSync(`${root}${folder}/mutations.json`, "utf8"));
const patches = readdirSync(`${root}${folder}`).filter((file) => file.endsWith(".patch"));

test("each mutation has its patch, and each patch is tried", () => {
  expect(
    Object.keys(mutations)
      .map((name) => `${name}.patch`)
      .sort(),
  ).toEqual(patches.sort());
});

test.each(Object.keys(mutations))(
  "the patch %s still applies, or the suite would be checked against nothing",
  (name) => {
    execFileSync("git", ["apply", "--check", `${folder}/${name}.patch`], { cwd: root });
  },
);

test("each names faults that there are", () => {
  const named = Object.values(mutations).flatMap(({ faults }) => faults.split(","));
  expect(named.filter((kind) => !allFaultKinds.some((known) => known === kind))).toEqual([]);
});
