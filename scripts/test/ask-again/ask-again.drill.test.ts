import { inventFile } from "@receiver/testing";
import { describe, expect, test } from "vitest";
import { askAgain, fast, openTest, saying } from "./open-ask-again.ts";

describe("ask-again, as a process", { timeout: 60_000 }, () => {
  test("stops when the credentials are refused, and says what to do", async () => {
    const t = await openTest([inventFile("a"), inventFile("b")], [401]);
    const { code, out } = await askAgain(t.env, ...fast).ended;
    expect([code, t.api.requests.length]).toEqual([1, 1]);
    expect(out).toContain("mend DANAYA_API_KEY and DANAYA_API_SECRET");
  });

  test("asks nobody at an address that is not public, unless it is allowed, and says so", async () => {
    const t = await openTest([inventFile("a"), inventFile("b")]);
    const { code, out } = await askAgain({ ...t.env, OUTGOING_ALLOW: "10.0.0.0/8" }, ...fast).ended;
    expect([code, t.api.requests]).toEqual([1, []]);
    expect(out).toContain("add its network to OUTGOING_ALLOW");
  });

  test("waits as long as the API asks for, and asks again", async () => {
    const file = inventFile("busy");
    const t = await openTest(
      [file],
      [{ status: 429, headers: { "retry-after": "1" } }, saying(file.number, "VALIDER")],
    );
    const { code } = await askAgain(t.env, ...fast).ended;
    const [first, second] = t.api.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990); // timers may fire a little early
    expect([code, await t.states()]).toEqual([0, ["APPROVED"]]);
  });

  test("only counts on a dry run, which needs no credentials", async () => {
    const t = await openTest([inventFile("a"), inventFile("b", { companyId: 7 })]);
    const env = { DATABASE_URL: t.env.DATABASE_URL };
    const { code, out } = await askAgain(env, "--dry-run", "--company", "7").ended;
    expect(code).toBe(0);
    expect(out).toMatch(/^would ask about 1 open files, in 1 s at 2 per second\n/);
    expect(t.api.requests).toEqual([]);
    expect((await t.ledger.audit.list({ limit: 10 })).items).toEqual([]);
  });

  test("asks nothing without a name and a reason, because what changes a file bears both", async () => {
    const t = await openTest([inventFile("a")]);
    const { code, err } = await askAgain(t.env, "--by", "awa").ended;
    expect([code, t.api.requests]).toEqual([1, []]);
    expect(err).toContain("--by and --reason");
  });

  test("ends with 78 and all that is wrong with the environment, without its values", async () => {
    const wrong = { DANAYA_API_URL: "http://api.example.org/PLANTED", DANAYA_API_SECRET: "PLANTED SECRET" };
    const { code, err } = await askAgain(wrong, ...fast).ended;
    expect(code).toBe(78);
    for (const name of ["DATABASE_URL", "DANAYA_API_URL", "DANAYA_API_KEY", "DANAYA_API_SECRET"]) {
      expect(err).toContain(name);
    }
    expect(err).not.toContain("PLANTED");
  });
});
