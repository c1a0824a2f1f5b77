import { bytesOf, danaya, inventFile } from "@receiver/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesByTheRules } from "../../../packages/ledger/test/files-by-the-rules.ts";
import { idOf, openTestLedger, settledFiles, type TestLedger } from "../../../packages/ledger/test/open-test-ledger.ts";
import { type Answered, interleavingSteps } from "./interleaving-steps.ts";
import { openWorld, type World } from "./interleaving-world.ts";
import { killInTransaction } from "./kill-in-transaction.ts";

/** Of three files, the second and third with one externalId, so that links come and go and retries are carried over. The last body can't be applied. */
const bodies = [
  ...storyOf(inventFile("a whole one")),
  ...storyOf(inventFile("one of two", { externalId: "shared" })),
  danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile("the other", { externalId: "shared" })),
  danaya.RETRY_DOCUMENT_VERIFICATION(inventFile("the other", { externalId: "shared" })),
  danaya.ANALYSIS_RESULT(inventFile("broken"), { payload: { id: true } }),
].map(bytesOf);
const quarantined = bodies.length - 1;

/** Long enough ago to be overdue, not so long that a timer of a retry is due. */
const now = new Date(Date.now() - 60_000);

let t: TestLedger;
let kill: Awaited<ReturnType<typeof killInTransaction>>;
beforeAll(async () => {
  t = await openTestLedger();
  kill = await killInTransaction(t);
});
afterAll(async () => t[Symbol.asyncDispose]());

test("whatever is lost, killed, doubled and swept between an answer and its effect, every delivery takes effect exactly once", async () => {
  let killed = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands(interleavingSteps(bodies.length), { maxCommands: 60, size: "max" }), async (steps) => {
      await t.forget("deliveries", "events", "client_files", "subscribers");
      const subscribers = [await t.subscribe(), await t.subscribe()];
      const world = openWorld(t, bodies, kill, now);
      const answered: Answered = new Set();
      await fc.asyncModelRun(() => ({ model: answered, real: world }), steps);
      killed += world.killed();
      await world.settle();
      await expectAppliedOnce(world, answered, subscribers);
    }),
    { numRuns: 15 },
  );
  expect(killed, "connections did end in mid-transaction").toBeGreaterThan(0);
}, 300_000);

async function expectAppliedOnce(world: World, answered: Answered, subscribers: { id: string }[]): Promise<void> {
  const applicable = [...answered].filter((index) => index !== quarantined).map((index) => bodies[index] as Buffer);
  const ids = applicable.map(idOf).sort();

  const unsettled = await t.rows("select id, status from deliveries where status not in ('applied', 'quarantined')");
  expect(unsettled, "each delivery that was answered is settled").toEqual([]);
  expect(world.applied.sort(), "each was applied by one run, and by no second one").toEqual(ids);
  const events = await t.rows<{ id: string }>("select delivery_id as id from events order by 1");
  expect(events.map(({ id }) => id).sort(), "one event each").toEqual(ids);
  expect(await settledFiles(t.ledger), "files are what the rules give for the set").toEqual(
    filesByTheRules(applicable, now),
  );

  for (const { id } of subscribers) expect(await versionsNotToldOnce(id), "each version is told once").toEqual([]);
  const untold = await t.rows("select id from notifications where status <> 'delivered'");
  expect(untold, "what is to be told was sent").toEqual([]);
  const told = await t.rows("select subscriber_id from notifications where delivery_id is not null");
  expect(told, "what was put aside is told").toHaveLength(answered.has(quarantined) ? subscribers.length : 0);
  const repeated = await t.rows(
    "select client_file_id, cause from transitions group by client_file_id, cause, from_state, to_state having count(*) > 1",
  );
  expect(repeated, "no transition twice").toEqual([]);
}

/** Files of which the subscriber's outbox does not hold exactly versions 1 to the file's. */
const versionsNotToldOnce = (subscriberId: string) =>
  t.rows(
    `select f.id, f.version, array_agg(n.version order by n.version) as told
    from client_files f left join notifications n on n.client_file_id = f.id and n.subscriber_id = $1
    group by f.id having array_agg(n.version order by n.version) <> array(select generate_series(1, f.version))`,
    [subscriberId],
  );

function storyOf(file: ReturnType<typeof inventFile>) {
  const { openedAt } = file;
  const later = (minutes: number) => new Date(Date.parse(openedAt) + minutes * 60_000).toISOString();
  return [
    danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
    danaya.RETRY_DOCUMENT_VERIFICATION(file),
    danaya.RETRY_DOCUMENT_VERIFICATION(file, { attempt: 2, timestamp: later(12) }),
    danaya.ANALYSIS_RESULT(file),
    danaya.FLAT_CLIENT_FILE(file),
    danaya.CLIENT_FILE_STATUS_CHANGED(file),
    danaya.CLIENT_FILE_STATUS_CHANGED(file, { timestamp: later(90), payload: { status: "REJETER" } }),
  ];
}
