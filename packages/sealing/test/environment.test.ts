import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, readConfig } from "@receiver/runtime";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  expectMasterKeys,
  expectPublicKey,
  masterKeysEnvironment,
  masterKeysIn,
  publicKeyEnvironment,
} from "../src/index.ts";

const schemas = {
  MASTER_KEYS: masterKeysEnvironment.superRefine(expectMasterKeys),
  SEALING_PUBLIC_KEY: publicKeyEnvironment.superRefine(expectPublicKey),
};
const key = (version: string) => `${version}:${randomBytes(32).toString("base64url")}`;
const publicKey = (version: string) => key(version).replace(":", ":pub.");
const valid = { MASTER_KEYS: key("a"), SEALING_PUBLIC_KEY: publicKey("a") };
const production = { NODE_ENV: "production" };

function problemsIn(variable: keyof typeof schemas, env: Record<string, string>) {
  try {
    readConfig(schemas[variable], env);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
  }
  return [];
}

function keysIn(env: Record<string, string>) {
  return masterKeysIn(readConfig(schemas.MASTER_KEYS, env))?.map(({ version }) => version);
}

describe.each(["MASTER_KEYS", "SEALING_PUBLIC_KEY"] as const)("%s", (variable) => {
  it("is asked for in production, with the way to get one", () => {
    expect(problemsIn(variable, production)).toEqual([
      { variable, rule: expect.stringContaining("must be set"), fix: expect.stringContaining("npm run keys") },
    ]);
  });

  it("may be left out in production only where that is said in so many words, and anywhere else", () => {
    expect(problemsIn(variable, { ...production, ENCRYPT_AT_REST: "never" })).toEqual([]);
    expect(problemsIn(variable, {})).toEqual([]);
    expect(problemsIn(variable, { ENCRYPT_AT_REST: "no" })).toMatchObject([{ variable: "ENCRYPT_AT_REST" }]);
  });

  it("contradicts ENCRYPT_AT_REST=never, because one of the two is a mistake", () => {
    expect(problemsIn(variable, { [variable]: valid[variable], ENCRYPT_AT_REST: "never" })).toMatchObject([
      { variable: "ENCRYPT_AT_REST" },
    ]);
  });

  it("is refused where the other one belongs: any 32 bytes pass as a public key, and nobody could open what is sealed to them", () => {
    const other = variable === "MASTER_KEYS" ? valid.SEALING_PUBLIC_KEY : valid.MASTER_KEYS;
    expect(problemsIn(variable, { [variable]: other })).toMatchObject([{ variable }]);
    expect(problemsIn(variable, { [variable]: valid[variable] })).toEqual([]);
  });

  it("is refused without being shown where it has another form", () => {
    const text = `a:${"s".repeat(42)}`;
    const problems = problemsIn(variable, { [variable]: text });
    expect(problems).toMatchObject([{ variable }]);
    expect(JSON.stringify(problems)).not.toContain("sss");
  });
});

describe("master keys", () => {
  it("are read in their order: the first is the current one", () => {
    expect(keysIn({ MASTER_KEYS: `${key("new")}, ${key("old")}` })).toEqual(["new", "old"]);
    expect(keysIn({})).toBeUndefined();
  });

  it.each([
    ["a version twice", `${key("a")},${key("a")}`],
    ["a key twice", ["a", "b"].map((version) => `${version}:${"k".repeat(42)}A`).join(",")],
    ["one that is no key", `${key("a")},b`],
  ])("are refused with %s", (_what, text) => {
    expect(problemsIn("MASTER_KEYS", { MASTER_KEYS: text })).toMatchObject([{ variable: "MASTER_KEYS" }]);
  });

  it("are read from a file, one a line, but not from both places", () => {
    const folder = mkdtempSync(join(tmpdir(), "receiver-keys-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "keys");
    writeFileSync(path, `${key("new")}\n${key("old")}\n`);
    expect(keysIn({ MASTER_KEYS_FILE: path })).toEqual(["new", "old"]);
    expect(problemsIn("MASTER_KEYS", { MASTER_KEYS_FILE: path, MASTER_KEYS: key("a") })).toMatchObject([
      { variable: "MASTER_KEYS_FILE" },
    ]);
    expect(problemsIn("MASTER_KEYS", { MASTER_KEYS_FILE: join(folder, "none") })).toMatchObject([
      { variable: "MASTER_KEYS_FILE" },
    ]);
  });
});
