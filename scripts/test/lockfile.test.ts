import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Entry = { resolved?: string; optionalDependencies?: Record<string, string> };
const { packages } = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, Entry>;
};

test("the lockfile has the packages of every platform, because npm ci refuses a lockfile that lacks one it will not install", () => {
  const missing = Object.entries(packages).flatMap(([where, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${where}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test("the lockfile records no download address, because where packages come from is each machine's own matter", () => {
  const addresses = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);
  expect(addresses.filter((address) => address.includes("://"))).toEqual([]);
});
