import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bytesOf, danaya, inventFile } from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Listed, type Pipeline, startPipeline, sweeperDefaults } from "./start-pipeline.ts";

/** What an operator sees of work that fails, and what he does about it, on the whole product. */
let pipeline: Pipeline;
let client: Client;
beforeAll(async () => {
  pipeline = await startPipeline(sweeperDefaults); // its attempts are its queue's
  client = new Client(pipeline.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await pipeline[Symbol.asyncDispose]();
});

type Delivery = { id: string; status: string; errorCode: string | null; attempts: number; errorFrames: string[] };
type ClientFile = { id: string; state: string };

const post = async (body: Uint8Array): Promise<string> => {
  const answer = await pipeline.post(body);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { deliveryId: string }).deliveryId;
};
const delivery = (id: string) => pipeline.api<Delivery>(`/api/deliveries/${id}`);
const untilStatus = (ids: string[], status: string, timeout = 30_000) =>
  expect
    .poll(() => Promise.all(ids.map(async (id) => (await delivery(id)).status)), { timeout, interval: 250 })
    .toEqual(ids.map(() => status));

/** A defect in one of our own statements, for whatever delivery the condition names. Its message must get nowhere. */
const poison = async (condition: string) => {
  await client.query(
    "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'awa.kone@example.ci'; end $$",
  );
  await client.query(
    `create trigger poison before insert on events for each row when (${condition}) execute function refuse()`,
  );
};
const mend = () => client.query("drop function refuse cascade");

const program = fileURLToPath(new URL("../../scripts/src/replay.ts", import.meta.url));
async function replay(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: pipeline.databaseUrl,
      REDIS_URL: pipeline.redis.url,
      ...pipeline.masterKeys,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  return { code: code as number, out };
}

test("a delivery whose processing throws always ends as failed with why, the others of its file and of its queue pass it by, and once mended it is redriven", {
  timeout: 400_000, // eight attempts last about a minute, and two at most
}, async () => {
  const file = inventFile("poison");
  await poison(`new.source = 'ANALYSIS' and new.file_number = '${file.number}'`);
  const ofItsFile = [
    danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
    danaya.RETRY_DOCUMENT_VERIFICATION(file),
    danaya.CLIENT_FILE_STATUS_CHANGED(file),
  ];
  const poisonId = await post(bytesOf(danaya.ANALYSIS_RESULT(file)));
  const ofItsQueue = [1, 2, 3].map((n) => danaya.ANALYSIS_RESULT(inventFile(`healthy ${n}`)));
  const others = await Promise.all([...ofItsFile, ...ofItsQueue].map((body) => post(bytesOf(body))));

  await untilStatus(others, "applied");
  expect(await delivery(poisonId)).toMatchObject({ status: "pending" }); // they didn't wait for its end
  await untilStatus([poisonId], "failed", 250_000);
  const failed = await delivery(poisonId);
  expect(failed).toMatchObject({ errorCode: "INTERNAL", attempts: 8 });
  expect(failed.errorFrames).not.toEqual([]);
  expect(JSON.stringify([failed, pipeline.worker("status-worker").logs])).not.toContain("awa.kone");
  const filter = "/api/deliveries?status=failed&errorCode=INTERNAL&messageType=ANALYSIS_RESULT&companyId=123";
  expect((await pipeline.api<Listed<Delivery>>(filter)).items.map(({ id }) => id)).toEqual([poisonId]);

  const select = ["--status", "failed", "--error-code", "INTERNAL"];
  const early = await replay(...select, "--dry-run");
  expect(early).toMatchObject({ code: 1, out: expect.stringContaining(`1 would still fail:\n  ${poisonId} INTERNAL`) });
  await mend();
  const foretold = await replay(...select, "--dry-run");
  expect(foretold).toMatchObject({ code: 0, out: expect.stringContaining("1 of 1 that match would be applied") });
  expect(await delivery(poisonId)).toMatchObject({ status: "failed", errorCode: "INTERNAL", attempts: 8 });

  const [done, atOnce] = await Promise.all([1, 2].map(() => replay(...select, "--reason", "mended", "--as", "awa")));
  expect([done?.code, atOnce?.code]).toEqual([0, 0]);
  await untilStatus([poisonId], "applied");
  expect(await delivery(poisonId)).toMatchObject({ errorCode: null, errorFrames: [] });
  const events = await client.query("select from events where delivery_id = $1", [poisonId]);
  expect(events.rowCount).toBe(1);
  const files = await pipeline.api<Listed<ClientFile>>(`/api/client-files?fileNumber=${file.number}`);
  expect(files.items).toMatchObject([{ state: "APPROVED" }]);

  const { items } = await pipeline.api<{ items: { actor: string; target: string; reason: string }[] }>("/api/audit");
  const counts = items.filter(({ actor, reason }) => actor === "cli:awa" && reason === "mended");
  expect(counts.map(({ target }) => target).toSorted()).toEqual([
    "0 deliveries status=failed errorCode=INTERNAL",
    "1 deliveries status=failed errorCode=INTERNAL",
  ]);
});
