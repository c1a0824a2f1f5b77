import { classify } from "@receiver/contracts";
import { openLedger } from "@receiver/ledger";
import { deliveryIdOf, openInbox } from "@receiver/ledger/inbox";
import {
  type Answer,
  type Body,
  bytesOf,
  createDatabase,
  danaya,
  type InventedFile,
  inventFile,
  receivingServer,
  runCommand,
} from "@receiver/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";

const now = new Date();

/** A ledger with an upload for each file, and a Danaya that gives these answers. */
async function openTest(files: InventedFile[], answers: Answer[] = []) {
  const [database, api] = await Promise.all([createDatabase(), receivingServer(...answers)]);
  const ledger = openLedger({ databaseUrl: database.url, applicationName: "test" });
  const inbox = openInbox({ databaseUrl: database.url, applicationName: "test" });
  onTestFinished(async () => {
    await Promise.all([ledger.close(), inbox.close(), api.close()]);
    await database.drop();
  });
  const deliver = async (body: Body) => {
    const bytes = bytesOf(body);
    const read = classify(bytes);
    if (read.kind !== "message") throw new Error("a body that can't be applied");
    const { type, companyId } = read.message;
    const id = deliveryIdOf(bytes);
    await inbox.receive({ id, body: bytes, type, companyId, receivedAt: now, problems: [] });
    await ledger.applyDelivery(id, now);
  };
  for (const file of files) await deliver(danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file));
  const env = {
    DATABASE_URL: database.url,
    DANAYA_API_URL: api.url,
    DANAYA_API_KEY: "PLANTED-KEY",
    DANAYA_API_SECRET: "PLANTED-SECRET",
    OUTGOING_ALLOW: "127.0.0.0/8",
  };
  const states = async () => (await ledger.clientFiles.list({ limit: 100 })).items.map(({ state }) => state).sort();
  return { api, ledger, env, states };
}

const askAgain = (env: NodeJS.ProcessEnv, ...args: string[]) => runCommand("ask-again", args, env);

const saying = (number: number, status: string): Answer => ({
  status: 200,
  body: JSON.stringify({ id: number, status }),
});
const fast = ["--by", "awa", "--reason", "a restore", "--rate", "100"];

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
