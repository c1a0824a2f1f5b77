import { badFixtures, documentedFixtures, fixture, fixturesOfCase, receivingServer } from "@receiver/testing";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forCompany, type Listed, type Pipeline, startPipeline } from "./start-pipeline.ts";

type File = {
  id: string;
  state: string;
  flags: string[];
  score: number;
  fileNumber: string | null;
  fileUuid: string | null;
  externalId: string | null;
  version: number;
  retries: { documentId: string; verification: string; attempts: number; status: string }[];
  transitions: { to: string; cause: string; version: number }[];
  deliveries: { id: string; messageType: string }[];
};
type Notification = {
  id: string;
  clientFileId: string;
  version: number;
  status: string;
  attempts: { outcome: string; httpStatus: number }[];
};

/** For what takes milliseconds on a machine that does nothing else. */
const PATIENCE = { timeout: 30_000, interval: 100 };

let pipeline: Pipeline;
let subscriber: Awaited<ReturnType<typeof receivingServer>>;
beforeAll(async () => {
  pipeline = await startPipeline();
  subscriber = await receivingServer();
  await pipeline.write("POST", "/api/subscribers", { name: "core", kind: "http", url: subscriber.url, types: ["*"] });
});
afterAll(async () => {
  await subscriber.close();
  await pipeline[Symbol.asyncDispose]();
});

const fileOf = async (query: string): Promise<File> => {
  const { items } = await pipeline.api<Listed<File>>(`/api/client-files?${query}`);
  return pipeline.api<File>(`/api/client-files/${items[0]?.id}`);
};

test("the documented four, in Danaya's order, tell the whole story of file 456", async () => {
  for (const { bytes } of documentedFixtures()) expect((await pipeline.post(bytes)).status).toBe(200);
  await expect.poll(pipeline.unsettled, PATIENCE).toBe(0);

  const file = await fileOf("companyId=123&fileNumber=456");
  expect(file).toMatchObject({ state: "APPROVED", score: 0.94 });
  const types = new Map(file.deliveries.map(({ id, messageType }) => [id, messageType]));
  expect(file.transitions.map(({ to, cause }) => [to, types.get(cause)])).toEqual([
    ["RETRY_REQUESTED", "RETRY_DOCUMENT_VERIFICATION"],
    ["AWAITING_DECISION", "ANALYSIS_RESULT"],
    ["APPROVED", "CLIENT_FILE_STATUS_CHANGED"],
  ]);
  expect(await fileOf("fileUuid=550e8400-e29b-41d4-a716-446655440000")).toMatchObject({ state: "RECEIVED" });
});

describe("in any of the 24 orders, each twice", () => {
  const orders = permutations(documentedFixtures().map(({ bytes }) => bytes));
  const company = (index: number) => 5_000 + index;

  test("the second copy is a duplicate, the states are the same, and a version is told once per subscriber", async () => {
    for (const [index, order] of orders.entries()) {
      for (const copy of ["accepted", "duplicate"]) {
        for (const bytes of order) {
          const response = await pipeline.post(forCompany(bytes, company(index)));
          expect(await response.json()).toMatchObject({ disposition: copy });
        }
      }
    }
    await expect.poll(pipeline.unsettled, PATIENCE).toBe(0);

    const stories = new Set<string>();
    for (const index of orders.keys()) {
      const file = await fileOf(`companyId=${company(index)}&fileNumber=456`);
      const upload = await fileOf(`companyId=${company(index)}&externalId=EXT-FILE-2025-001234`);
      expect(file).toMatchObject({ state: "APPROVED", score: 0.94, flags: ["orphan"] });
      expect(upload).toMatchObject({ state: "RECEIVED", flags: [] });
      stories.add(JSON.stringify(file.transitions.map(({ to }) => to)));

      const { items } = await pipeline.api<Listed<Notification>>(
        `/api/notifications?clientFileId=${file.id}&limit=100`,
      );
      const versions = items.map((notification) => notification.version).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: file.version }, (_, version) => version + 1));
    }
    expect([...stories]).toEqual(['["RETRY_REQUESTED","AWAITING_DECISION","APPROVED"]']);
  });
});

test("bodies that must not be applied are answered with the path and the rule, listed, and change no file", async () => {
  const before = await pipeline.api<Listed<File>>("/api/client-files?limit=200");
  const answers = new Map<string, { status: number; body: Record<string, unknown> }>();
  for (const { name, bytes } of badFixtures()) {
    const response = await pipeline.post(bytes);
    answers.set(name, { status: response.status, body: (await response.json()) as Record<string, unknown> });
  }
  expect(Object.fromEntries([...answers].map(([name, { status, body }]) => [name, [status, pathsIn(body)]]))).toEqual({
    "01-truncated-json": [400, [""]],
    "03-top-level-array": [202, [""]],
    "05-missing-messageType": [202, ["messageType"]],
    "06-unknown-messageType": [202, ["messageType"]],
    "07-payload-id-missing": [202, ["payload.id"]],
    "09-unsafe-integer-id": [202, ["payload.id"]],
    "11-timestamp-unparseable": [202, ["timestamp"]],
    "14-proto-pollution": [202, ["payload.__proto__", "payload.constructor", "payload.constructor.prototype"]],
  });
  const quarantined = await pipeline.api<Listed<{ id: string }>>("/api/deliveries?status=quarantined&limit=50");
  expect(quarantined.items).toHaveLength(badFixtures().length - 1);
  expect(await pipeline.api<Listed<File>>("/api/client-files?limit=200")).toEqual(before);
});

const play = async (bodies: Uint8Array[]): Promise<void> => {
  for (const body of bodies) expect((await pipeline.post(body)).status).toBe(200);
  await expect.poll(pipeline.unsettled, PATIENCE).toBe(0);
};
const filesWith = async (query: string): Promise<File[]> => {
  const { items } = await pipeline.api<Listed<File>>(`/api/client-files?${query}`);
  return Promise.all(items.map(({ id }) => pipeline.api<File>(`/api/client-files/${id}`)));
};
const bytesOfCase = (number: number, company: number) =>
  fixturesOfCase(number).map(({ bytes }) => forCompany(bytes, company));

test("case 2: three face-match attempts on one document escalate the file", async () => {
  await play(bytesOfCase(2, 2));
  const [file] = await filesWith("companyId=2&fileNumber=45614");
  expect(file?.retries).toMatchObject([{ documentId: "10103", verification: "FACE_MATCH", attempts: 3 }]);
  expect(file?.flags).toContain("escalated");
});

test("case 3: the uuid, the number and the externalId with a colon are one file", async () => {
  await play(bytesOfCase(3, 3));
  const ids = { fileUuid: "6301bbfc-a0c5-454e-8ff9-bb510944fe0c", fileNumber: "45621", externalId: "client:8841" };
  for (const [name, value] of Object.entries(ids)) {
    expect(await filesWith(`companyId=3&${name}=${encodeURIComponent(value)}`)).toMatchObject([ids]);
  }
});

test("case 5: a refusal rests on a row of the status map, and without that row it is an unknown status", async () => {
  await play(bytesOfCase(5, 5));
  const [file] = await filesWith("companyId=5&fileNumber=45635");
  expect(file).toMatchObject({ state: "REJECTED" });

  const { entries } = await pipeline.api<{ entries: Record<string, string> }>("/api/status-map");
  const { REJETER, ...without } = entries;
  expect(REJETER).toBe("REJECTED");
  await pipeline.write("PUT", "/api/status-map", { entries: without, reason: "is not documented" });
  await pipeline.write("POST", `/api/client-files/${file?.id}/refold`, { reason: "the row is gone" });
  const [refolded] = await filesWith("companyId=5&fileNumber=45635");
  expect(refolded?.state).not.toBe("REJECTED");
  expect(refolded?.flags).toContain("unknown-status");
  await pipeline.write("PUT", "/api/status-map", { entries, reason: "back as it was" });
});

test("case 9: the exact repeat changes nothing", async () => {
  const bodies = bytesOfCase(9, 9);
  await play(bodies);
  const [before] = await filesWith("companyId=9&fileNumber=45663");
  const repeat = await pipeline.post(forCompany(fixture("case-09-client-file-status-changed-10").bytes, 9));
  expect(await repeat.json()).toMatchObject({ disposition: "duplicate" });
  await expect.poll(pipeline.unsettled, PATIENCE).toBe(0);
  const [after] = await filesWith("companyId=9&fileNumber=45663");
  expect({ ...after, deliveries: null }).toEqual({ ...before, deliveries: null });
});

test("a subscriber that fails twice and then answers 200 has one notification, signed with its secret, and three attempts", async () => {
  await using stack = new AsyncDisposableStack();
  const endpoint = stack.adopt(await receivingServer(500, 503), (server) => server.close());
  const { id, secret } = await pipeline.write<{ id: string; secret: string }>("POST", "/api/subscribers", {
    name: "flaky",
    kind: "http",
    url: endpoint.url,
    types: ["client_file.approved"],
    companies: ["77"],
  });
  await play([forCompany(fixture("documented-client-file-status-changed").bytes, 77)]);
  await expect.poll(() => endpoint.requests.length, PATIENCE).toBe(3);

  const listed = () => pipeline.api<Listed<Notification>>(`/api/notifications?subscriberId=${id}`);
  await expect.poll(async () => (await listed()).items.map(({ status }) => status), PATIENCE).toEqual(["delivered"]);
  const [notification] = (await listed()).items;
  expect(notification?.attempts.map(({ httpStatus }) => httpStatus)).toEqual([500, 503, 200]);
  for (const { headers, body } of endpoint.requests) {
    expect(headers["webhook-id"]).toBe(notification?.id);
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: "client_file.approved",
      data: { state: "APPROVED", confirmed: false, processingEnded: true },
    });
  }
});

function pathsIn(body: Record<string, unknown>): string[] {
  const problems = (body.problems ?? body.errors) as { path: string }[];
  return problems.map((problem) => problem.path).sort();
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
