import { danaya, inventFile } from "@receiver/testing";
import { describe, expect, test, vi } from "vitest";
import { askAgain, fast, openTest, saying } from "./open-ask-again.ts";

describe("ask-again, as a process", { timeout: 60_000 }, () => {
  test("folds what Danaya says of every open file, and is audited", async () => {
    const [approved, waiting] = [inventFile("approved"), inventFile("waiting")];
    const files = [approved, waiting];
    const answers = [saying(approved.number, "VALIDER"), saying(waiting.number, "A_TRAITER")];
    const t = await openTest(files, answers);
    const { code, out } = await askAgain(t.env, ...fast).ended;

    expect(await t.states()).toEqual(["APPROVED", "AWAITING_DECISION"]);
    expect(code).toBe(0);
    expect(out).toMatch(/asked about 2 of 2 open files/);
    expect(out).toMatch(/RECEIVED → APPROVED +1\n/);
    expect(out).toMatch(/RECEIVED → AWAITING_DECISION +1$/m);
    expect((await t.ledger.audit.list({ limit: 1 })).items).toMatchObject([
      { actor: "awa", action: "client-files.ask-again", target: "2 open files", reason: "a restore" },
    ]);
    for (const { headers } of t.api.requests) {
      expect(headers).toMatchObject({ "api-key": "PLANTED-KEY", "api-secret": "PLANTED-SECRET" });
    }
  });

  test("releases no decision that rests on a webhook alone, where the answer is about another number", async () => {
    const [file, other] = [inventFile("claimed"), inventFile("other")];
    const t = await openTest([file], [saying(other.number, "A_TRAITER")]);
    await t.deliver(danaya.FLAT_CLIENT_FILE(file));
    await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file));
    await askAgain(t.env, ...fast).ended;
    const { items } = await t.ledger.clientFiles.list({ limit: 10, fileNumber: String(file.number) });
    expect(items).toMatchObject([
      { state: "APPROVED", releasedState: "AWAITING_DECISION", flags: ["conflict", "unconfirmed"] },
    ]);
  });

  test("shows neither credentials nor the uuid, which opens the file at Danaya's", async () => {
    const files = ["a", "b", "c", "d"].map((seed) => inventFile(seed));
    const t = await openTest(files, [404, 500, { status: 200, body: "PLANTED" }, "reset"]);
    const { code, out, err } = await askAgain(t.env, ...fast).ended;
    expect(code).toBe(1);
    for (const label of ["not found \\(404\\) +1", "unreachable +2", "unreadable answer +1"]) {
      expect(out).toMatch(new RegExp(label));
    }
    expect(out + err).not.toContain("PLANTED");
    for (const { uuid } of files) expect(out + err).not.toContain(uuid);
    expect(await t.states()).toEqual(files.map(() => "RECEIVED"));
  });

  test("goes on where an interrupted run ended, with the command that it named", async () => {
    const files = [inventFile("a"), inventFile("b"), inventFile("c")];
    const t = await openTest(files, [saying(1, "A_TRAITER"), "hang"]);
    const first = askAgain(t.env, ...fast);
    await vi.waitUntil(() => t.api.requests.length === 2, { timeout: 20_000 });
    first.child.kill("SIGINT");
    const { code, out } = await first.ended;
    expect([code, t.api.requests.length]).toEqual([130, 2]);

    const time = /--asked-before (\S+)/.exec(out)?.[1] ?? "";
    t.api.answerNext(saying(2, "A_TRAITER"), saying(3, "A_TRAITER"));
    const second = await askAgain(t.env, ...fast, "--asked-before", time).ended;
    expect(second.code).toBe(0);
    expect(second.out).toMatch(/asked about 2 of 2 open files/);
    expect(await t.states()).toEqual(files.map(() => "AWAITING_DECISION"));
  });
});
