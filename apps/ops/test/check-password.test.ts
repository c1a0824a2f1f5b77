import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createPasswordCheck } from "../src/authentication/check-password.ts";
import { readPasswordHash } from "../src/authentication/password-hash.ts";
import { type User, userList } from "../src/authentication/user-list.ts";
import { credentialOf } from "./credential-of.ts";

const ada: User = { name: "ada", role: "operator", credential: await credentialOf("correct horse") };
/** Milliseconds. A real hash takes a quarter of a second, and a busy machine ten times that. */
const REAL_COST = { timeout: 30_000 };

describe("checking a password", () => {
  test("knows the user by the right one, also the second time, when it is remembered", async () => {
    const check = await createPasswordCheck([ada]);
    expect(await check("ada", "correct horse")).toBe(ada);
    expect(await check("ada", "correct horse")).toBe(ada);
  });

  test("refuses a wrong one after a right one, because only that very password is remembered", async () => {
    const check = await createPasswordCheck([ada]);
    await check("ada", "correct horse");
    expect(await check("ada", "correct hors")).toBeNull();
    expect(await check("ad", "acorrect horse")).toBeNull();
  });

  test("refuses a name that nobody has, whatever the password", async () => {
    const check = await createPasswordCheck([ada]);
    expect(await check("eve", "correct horse")).toBeNull();
    expect(await check("", "")).toBeNull();
  });

  test("takes a password in plain text, which is hashed at the start", REAL_COST, async () => {
    const check = await createPasswordCheck([{ ...ada, credential: "correct horse" }]);
    expect(await check("ada", "correct horse")).toMatchObject({ name: "ada" });
    expect(await check("ada", "incorrect")).toBeNull();
  });

  test(
    "takes as long for an unknown name as for a wrong password, because the time would tell who exists",
    REAL_COST,
    async () => {
      const credential = await credentialOf("correct horse", { N: 2 ** 14, r: 8, p: 1 });
      const check = await createPasswordCheck([{ ...ada, credential }]);
      const timed = async (name: string) => {
        const started = performance.now();
        await check(name, "wrong");
        return performance.now() - started;
      };
      const quickest = async (name: string) => Math.min(await timed(name), await timed(name), await timed(name));
      const [known, unknown] = [await quickest("ada"), await quickest("eve")]; // others use the machine meanwhile
      expect(unknown).toBeGreaterThan(known / 4); // without the decoy it would be thousands of times shorter
    },
  );

  test("takes the hash that the documented command makes", REAL_COST, async () => {
    const documented = /node -e ".+"$/.exec(fixOf(""))?.[0] ?? "";
    expect(readFileSync(new URL("../../../docs/runbook.md", import.meta.url), "utf8")).toContain(documented);
    const command = /node -e "(?<script>.+)"$/.exec(documented)?.groups?.script?.replaceAll("\\$", "$") ?? "";
    const credential = execFileSync("node", ["-e", command], { input: "correct horse\n" }).toString().trim();
    expect(readPasswordHash(credential)).not.toBeNull();
    const check = await createPasswordCheck([{ ...ada, credential }]);
    expect(await check("ada", "correct horse")).toMatchObject({ name: "ada" });
    expect(await check("ada", credential)).toBeNull();
  });
});

const fixOf = (text: string): string => userList.safeParse(text).error?.issues[0]?.message ?? "";
