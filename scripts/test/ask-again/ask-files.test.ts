import type { Answer } from "@receiver/danaya-api";
import type { OpenFile } from "@receiver/ledger";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../src/ask-again/ask-file.ts";
import { askFiles } from "../../src/ask-again/ask-files.ts";

const body = Buffer.from("{}");
const answered: Answer = { kind: "answered", askedAt: new Date(), body };
const busy = (retryAfterMs: number | null): Answer => ({ kind: "busy", httpStatus: 429, retryAfterMs });

async function* files(count: number): AsyncGenerator<OpenFile> {
  for (let n = 0; n < count; n += 1) yield { clientFileId: `file-${n}`, companyId: "123", fileUuid: `uuid-${n}` };
}

/** Asks about `count` files; the API gives these answers, the last one for ever. */
async function ask(count: number, answers: Answer[], onWait: (abort: () => void) => void = () => undefined) {
  const [asked, waits, verdicts]: [string[], number[], Verdict[]] = [[], [], []];
  const interrupted = new AbortController();
  const tools = {
    api: {
      lookUp: async (uuid: string) => {
        asked.push(uuid);
        return (answers.length > 1 ? answers.shift() : answers[0]) as Answer;
      },
    },
    ledger: { lookUps: { record: async () => ({ kind: "recorded" as const, changes: [], wakeUps: [] }) } },
    turn: async () => undefined,
    wait: async (ms: number) => {
      waits.push(ms);
      onWait(() => interrupted.abort());
    },
    interrupted: interrupted.signal,
  };
  const end = await askFiles(files(count), tools, (_file, verdict) => void verdicts.push(verdict));
  return { end, asked, waits, labels: verdicts.map(({ label }) => label) };
}

describe("asking about files", () => {
  test("waits as long as a busy API says, and asks about the same file again", async () => {
    const { end, asked, waits, labels } = await ask(2, [busy(7_000), busy(null), answered]);
    expect(asked).toEqual(["uuid-0", "uuid-0", "uuid-0", "uuid-1"]);
    expect(waits).toEqual([7_000, 10_000]);
    expect([end, labels]).toEqual(["done", ["agreed", "agreed"]]);
  });

  test("stops when the API stays busy, and does not wait for hours when it says so", async () => {
    const stays = await ask(3, [busy(1)]);
    expect([stays.end, stays.asked.length]).toEqual(["busy", 5]);
    const forHours = await ask(3, [busy(3_600_000)]);
    expect([forHours.end, forHours.asked.length, forHours.waits]).toEqual(["busy", 1, []]);
  });

  test("stops at the first refusal, because the next file would be refused as well", async () => {
    const { end, asked } = await ask(3, [{ kind: "refused", httpStatus: 401 }]);
    expect([end, asked]).toEqual(["refused", ["uuid-0"]]);
  });

  test("stops after five in a row that can't be reached, and not for one among others", async () => {
    const down: Answer = { kind: "unreachable" };
    expect((await ask(9, [down])).asked).toHaveLength(5);
    const flaky = await ask(9, [down, down, down, down, answered, down, down, down, down, answered]);
    expect([flaky.end, flaky.asked.length]).toEqual(["done", 9]);
  });

  test("goes on after a file that Danaya does not know, or answers for in a way that can't be read", async () => {
    const { end, labels } = await ask(3, [{ kind: "not-found" }, { kind: "unusable" }, answered]);
    expect([end, labels]).toEqual(["done", ["not found (404)", "unreadable answer", "agreed"]]);
  });

  test("puts no further question once it is interrupted, not even the one it was waiting to repeat", async () => {
    const { end, asked } = await ask(3, [busy(60_000)], (abort) => abort());
    expect([end, asked]).toEqual(["interrupted", ["uuid-0"]]);
  });
});
