import { fixture, fixturesOfCase, receivingServer } from "@receiver/testing";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forCompany, type Listed, type Pipeline, startPipeline } from "./start-pipeline.ts";

type File = {
  id: string;
  state: string;
  flags: string[];
  version: number;
  fileUuid: string | null;
  fileNumber: string | null;
  externalId: string | null;
  retries: { documentId: string; verification: string; attempts: number; status: string }[];
};
type Notification = { id: string; type: string; status: string; attempts: { outcome: string; httpStatus: number }[] };

/** For what takes milliseconds on a machine that does nothing else. */
const PATIENCE = { timeout: 30_000, interval: 100 };

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline();
});
afterAll(async () => pipeline[Symbol.asyncDispose]());

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
