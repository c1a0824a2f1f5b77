import { describe, expect, test } from "vitest";
import { createSessions } from "../src/authentication/sessions.ts";
import type { User } from "../src/authentication/user-list.ts";

const ada: User = { name: "ada.lovelace", role: "operator", credential: "one" };
const secret = "a secret of no fewer than 32 characters";
const HOUR_MS = 3_600_000;

function sessionsAt(now: { ms: number }, users: User[] = [ada]) {
  return createSessions(users, { secret, now: () => new Date(now.ms) });
}

describe("a session", () => {
  test("is taken for eight hours and no longer", () => {
    const now = { ms: Date.UTC(2026, 10, 22) };
    const sessions = sessionsAt(now);
    const token = sessions.issue(ada);
    now.ms += 8 * HOUR_MS - 1;
    expect(sessions.read(token)).toBe(ada);
    now.ms += 1;
    expect(sessions.read(token)).toBeNull();
  });

  test("is taken by another process with the same secret, because one may stand behind a proxy with others", () => {
    const now = { ms: 1e12 };
    expect(sessionsAt(now).read(sessionsAt(now).issue(ada))).toBe(ada);
  });

  test("ends when the user is removed, gets another password or another role takes effect at once", () => {
    const now = { ms: 1e12 };
    const token = sessionsAt(now).issue(ada);
    expect(sessionsAt(now, [{ ...ada, name: "eve" }]).read(token)).toBeNull();
    expect(sessionsAt(now, [{ ...ada, credential: "two" }]).read(token)).toBeNull();
    expect(sessionsAt(now, [{ ...ada, role: "viewer" }]).read(token)).toMatchObject({ role: "viewer" });
  });

  test.each([
    ["another name", (token: string) => token.replace(/^[^.]+/, Buffer.from("eve").toString("base64url"))],
    ["a later end", (token: string) => token.replace(/\.(\d{13})\./, (_all, at) => `.${Number(at) + 1}.`)],
    ["another signature", (token: string) => token.replace(/.$/, (last) => (last === "A" ? "B" : "A"))],
    ["no signature", (token: string) => token.slice(0, token.lastIndexOf("."))],
    ["nothing at all", () => ""],
  ])("is refused with %s", (_what, forge) => {
    const eve: User = { ...ada, name: "eve" };
    const sessions = sessionsAt({ ms: 1e12 }, [ada, eve]);
    expect(sessions.read(forge(sessions.issue(ada)))).toBeNull();
  });

  test("of a process without a secret is unknown to the next one", () => {
    const now = () => new Date(1e12);
    expect(createSessions([ada], { now }).read(createSessions([ada], { now }).issue(ada))).toBeNull();
  });
});
