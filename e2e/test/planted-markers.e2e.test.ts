import type { SpawnedApp } from "@receiver/testing";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { markedDelivery } from "./markers/marked-deliveries.ts";
import { findMarkers, formsOf, markers } from "./markers/markers.ts";
import { readPostgresFiles, storeUncompressed } from "./markers/read-postgres-files.ts";
import { readRedisFiles, readRedisKeys } from "./markers/read-redis.ts";
import { addFailingSubscribers, knockAtIngress, knockAtOps, recordErrors } from "./markers/walk-error-paths.ts";
import { type Listed, type Pipeline, startPipeline } from "./start-pipeline.ts";

/** Thousands by `E2E_MARKED_DELIVERIES`; by default as many as bring each kind of body once. */
const DELIVERIES = Number(process.env.E2E_MARKED_DELIVERIES ?? 120);
const AT_ONCE = 8;
const OPERATOR = { authorization: `Basic ${Buffer.from("operator:e2e-password-1").toString("base64")}` };
const FAILING_COMPANY = "7";
const PATIENCE = { timeout: 120_000, interval: 250 };

let pipeline: Pipeline;
let client: Client;
let storedSince: Date;
const started = new AsyncDisposableStack();
const errors = recordErrors();
const statuses: Record<string, number> = {};

/** A statement of ours that fails, and quotes a row as Postgres does. Its own text has the words backwards, for it is stored, too. */
const poison = async () => {
  const [words = "", detail, hint] = [
    `${markers.name} ${markers.accented}`,
    `${markers.name} ${markers.digits}`,
    markers.secret,
  ].map((text) => `reverse('${[...text].reverse().join("")}')`);
  await client.query(
    `create function refuse() returns trigger language plpgsql as $$ begin
      raise exception using message = ${words}, detail = ${detail}, hint = ${hint}, errcode = '23514';
    end $$`,
  );
  await client.query(
    "create trigger poison before insert on events for each row when (new.company_id = '13') execute function refuse()",
  );
};

const post = async (n: number) => {
  const { what, body } = markedDelivery(n);
  const { status } = await errors.ask(pipeline.webhookUrl, { method: "POST", body: new Uint8Array(body) });
  const outcome = `${what}: ${status}`;
  statuses[outcome] = (statuses[outcome] ?? 0) + 1;
};

/** All that can be applied is, but what is poisoned; and each subscriber that fails has failed. */
const atRest = async () => {
  const pending = await client.query("select from deliveries where status = 'pending' and company_id <> '13'");
  const tried = await client.query(
    "select distinct subscriber_id from notification_attempts join notifications n on n.id = notification_id",
  );
  const { items } = await pipeline.api<Listed<{ delayed: number; name: string }>>("/api/queues");
  const isPoisoned = items.some(
    ({ name, delayed }) => name !== "NOTIFICATION" && name !== "RETRY_FOLLOW_UP" && delayed > 0,
  );
  return { pending: pending.rowCount, tried: tried.rowCount, isPoisoned };
};

beforeAll(async () => {
  pipeline = started.use(await startPipeline({ LOG_LEVEL: "trace" }));
  client = started.adopt(new Client(pipeline.databaseUrl), (one) => one.end());
  await client.connect();
  storedSince = await storeUncompressed(client);
  await poison();
  started.adopt(await addFailingSubscribers(pipeline, FAILING_COMPANY), (endpoint) => endpoint.close());
  const left = Array(DELIVERIES).keys();
  const send = async () => {
    for (const n of left) await post(n);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  await knockAtIngress(pipeline, errors);
  await knockAtOps(pipeline, errors, OPERATOR);
  const due = { pending: 0, tried: 3, isPoisoned: true };
  await vi.waitFor(async () => expect(await atRest()).toEqual(due), PATIENCE);
}, 600_000);
afterAll(() => started.disposeAsync());

const apps = (): [string, SpawnedApp][] => [
  ["ingress", pipeline.ingress],
  ["ops", pipeline.ops],
  ...(["status-worker", "retry-worker", "notification-worker", "reconciliation-worker"] as const).map(
    (name): [string, SpawnedApp] => [name, pipeline.worker(name)],
  ),
];
const textOf = async (path: string) => (await fetch(`${pipeline.ops.url}${path}`, { headers: OPERATOR })).text();

test("the search finds a marker in any of the forms that it looks for, or it would prove nothing", () => {
  for (const [form, needles] of Object.entries(formsOf(markers.accented))) {
    for (const needle of needles) {
      const text = Buffer.concat([Buffer.from("before "), needle, Buffer.from(" behind")]);
      expect(findMarkers("", text, ["accented"]).join()).toContain(`accented in ${form}`);
    }
  }
  expect(findMarkers("", Buffer.from(`ab ${markers.secret}`).toString("base64url"), ["secret"])).toHaveLength(1);
  expect(findMarkers("", markers.name.toUpperCase(), ["name"])).not.toEqual([]);
  expect(findMarkers("", markedDelivery(0).body).length).toBeGreaterThan(3);
  expect(findMarkers("", "a quiet text")).toEqual([]);
});

test("each kind of body was answered as it should be, so that all paths were walked", () => {
  expect(Object.keys(statuses).sort()).toEqual(["message: 200", "not JSON: 400", "unusable: 202", "words: 200"]);
});

test("none is in Redis: in no key and no value, and in no file that it wrote", async () => {
  const keys = await readRedisKeys(pipeline.redis.url);
  const { rows } = await client.query("select id from deliveries where company_id = '13' and status = 'pending'");
  expect([...keys.keys()].join()).toContain(`d-${rows[0].id}-0`); // the job that failed is among what was read
  expect([...keys.values()].join("\n")).toContain("failedReason");
  const files = await readRedisFiles(pipeline.redis.url);
  const found = [...keys, ...files].flatMap(([where, value]) => [
    ...findMarkers("key", where),
    ...findMarkers(where, value),
  ]);
  expect(found).toEqual([]);
});

test("none is in a line that any process wrote, the finest included", () => {
  for (const [name, { logs }] of apps()) expect(findMarkers(name, logs.join("\n"))).toEqual([]);
  expect(pipeline.ingress.logs.some((line) => line.includes('"level":"debug"'))).toBe(true);
});

test("none is in a metric", async () => {
  for (const [name, { metricsUrl }] of apps()) {
    const text = await (await fetch(`${metricsUrl}/metrics`)).text();
    expect(text).toContain("process_resident_memory_bytes");
    expect(findMarkers(name, text)).toEqual([]);
  }
});

test("none is in an answer that is no success: bodies, tokens, paths, queries, log-ins and filters are repeated to nobody", () => {
  const codes = new Set(errors.texts.map((text) => text.split(" ")[1]));
  for (const code of ["202", "400", "401", "404", "405", "413", "431"]) expect(codes).toContain(code);
  expect(errors.texts.flatMap((text) => findMarkers(text.slice(0, 20), text))).toEqual([]);
});

test("none is on the queue dashboard, on its page or in what it asks for", async () => {
  const { items } = await pipeline.api<Listed<{ name: string }>>("/api/queues");
  for (const { name } of items) {
    for (const status of ["latest", "active", "waiting", "delayed", "failed", "completed"]) {
      const path = `/queues/api/queues?activeQueue=${name}&status=${status}&page=1&jobsPerPage=100`;
      expect(findMarkers(path, await textOf(path))).toEqual([]);
    }
  }
  expect(await textOf("/queues/api/queues?activeQueue=ANALYSIS_RESULT&status=latest&page=1&jobsPerPage=10")).toContain(
    "deliveryId",
  );
  for (const path of ["/queues", "/queues/queue/ANALYSIS_RESULT"])
    expect(findMarkers(path, await textOf(path))).toEqual([]);
});

test("none of a person's is in the database's files, because what could name one is sealed before it is stored", async () => {
  const found: string[] = [];
  let facts = 0;
  for await (const [path, bytes] of readPostgresFiles(client, storedSince)) {
    found.push(...findMarkers(path, bytes, ["name", "accented", "digits", "secret"]));
    facts += findMarkers(path, bytes, ["fact"]).length;
  }
  expect(facts).toBeGreaterThan(0); // ids and words of open sets are rows: so what was read is what was written
  expect(found).toEqual([]);
});
