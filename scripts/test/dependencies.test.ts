import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const manifests = globSync(["package.json", "{packages,apps}/*/package.json", "{scripts,e2e,chaos}/package.json"], {
  cwd: root,
});

type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> };

const named = manifests.flatMap((file) => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(`${root}${file}`, "utf8")) as Manifest;
  return Object.entries({ ...dependencies, ...devDependencies });
});
const foreign = named.filter(([name]) => !name.startsWith("@receiver/"));

test("docs/dependencies.md says of every package why it is there, and of no other", () => {
  const rows = readFileSync(`${root}docs/dependencies.md`, "utf8").matchAll(/^\| (`.+?) \| (.+) \|$/gm);
  const explained = [...rows].flatMap(([, names = ""]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(explained.sort()).toEqual([...new Set(foreign.map(([name]) => name))].sort());
});

test("every version is exact, because an older npm would pick another one", () => {
  expect(foreign.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
});
