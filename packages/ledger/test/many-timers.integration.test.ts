import { danaya, inventFile } from "@receiver/testing";
import { expect, test } from "vitest";
import { NOW, openTestLedger, type TestLedger } from "./open-test-ledger.ts";

const checks = ["FACE_MATCH", "MRZ", "TEMPLATE", "EXPIRATION"];
const DOCUMENTS = 600;
/** Of each retry an ask, a reminder, an escalation and one that it may be given up: more than a statement's parameters, row by row. */
const TIMERS = DOCUMENTS * checks.length * 4;

/** As the contract takes it: of the bounds on lists and values no message of Danaya's comes near. */
function everythingRetried(seed: string) {
  const verificationResults = checks.map((type) => ({ type, status: "RETRY" }));
  const documents = Array.from({ length: DOCUMENTS }, (_, id) => ({ id, type: "CNI", verificationResults }));
  const file = inventFile(seed);
  return { file, body: danaya.RETRY_DOCUMENT_VERIFICATION(file, { payload: { documents } }) };
}

const timersOf = async (t: TestLedger) => {
  const [row] = await t.rows<{ count: string; status: string }>(
    "select count(*), min(status) as status from follow_ups group by client_file_id order by 1 desc limit 1",
  );
  return [Number(row?.count), row?.status];
};

test("a message with as many retries as the contract takes is applied, because one that never is would hold up all others", async () => {
  await using t = await openTestLedger();
  const { file, body } = everythingRetried("everything at once");
  const { outcome } = await t.deliver(body, NOW);
  expect(outcome).toMatchObject({ kind: "applied" });
  expect(await timersOf(t)).toEqual([TIMERS, "pending"]);
  await t.deliver(danaya.CLIENT_FILE_STATUS_CHANGED(file), NOW); // the decision ends them
  expect(await timersOf(t)).toEqual([TIMERS, "cancelled"]);
}, 60_000);
