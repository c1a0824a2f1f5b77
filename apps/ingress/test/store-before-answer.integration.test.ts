import { deliveryIdOf } from "@receiver/ledger/inbox";
import { badFixtures, bytesOf, danaya, inventFile } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningIngress, runIngress } from "./running-ingress.ts";

let ingress: RunningIngress;
beforeAll(async () => {
  ingress = await runIngress();
});
afterAll(() => ingress.stop());

const approval = (seed: string) => bytesOf(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile(seed)));
const rowOf = (bytes: Uint8Array) => ingress.ledger.deliveries.get(deliveryIdOf(bytes));

describe("an answer", () => {
  it.each([
    "DOCUMENT_TO_ANALYSE_RECEIVED",
    "ANALYSIS_RESULT",
    "RETRY_DOCUMENT_VERIFICATION",
    "FLAT_CLIENT_FILE",
  ] as const)("200 to a %s means that its row is there when the answer is", async (type) => {
    const bytes = bytesOf(danaya[type](inventFile(type)));
    const { status, answer } = await ingress.post(bytes);
    expect(status).toBe(200);
    expect(answer).toEqual({ disposition: "accepted", deliveryId: deliveryIdOf(bytes) });
    expect(await rowOf(bytes)).toMatchObject({ messageType: type, companyId: "123", status: "pending", sightings: 1 });
  });

  it("is not given before the commit, because a 2xx means that it is on disk", async () => {
    const bytes = approval("held");
    ingress.postgres.hang();
    let answered = false;
    const posted = ingress.post(bytes).finally(() => {
      answered = true;
    });
    await expect.poll(() => fetch(`${ingress.url}/healthz`).then(({ status }) => status)).toBe(200);
    expect(await rowOf(bytes)).toBeNull();
    expect(answered).toBe(false);
    await ingress.postgres.restore();
    expect((await posted).status).toBe(200);
    expect(await rowOf(bytes)).not.toBeNull();
  });

  it("is accepted once and duplicate for every other copy that arrives at the same moment: one row, every sighting counted", async () => {
    const bytes = approval("copies");
    const answers = await Promise.all(Array.from({ length: 20 }, () => ingress.post(bytes)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const dispositions = answers.map(({ answer }) => answer.disposition).sort();
    expect(dispositions).toEqual(["accepted", ...Array(19).fill("duplicate")]);
    expect(await rowOf(bytes)).toMatchObject({ sightings: 20 });
  });

  it("is 200 to each of 500 that arrive at once, and each is stored", async () => {
    const bodies = Array.from({ length: 500 }, (_, index) => approval(`burst ${index}`));
    const answers = await Promise.all(bodies.map((bytes) => ingress.post(bytes)));
    expect(answers.filter(({ answer }) => answer.disposition === "accepted")).toHaveLength(500);
    const rows = await Promise.all(bodies.map(rowOf));
    expect(rows.filter((row) => row?.status === "pending")).toHaveLength(500);
  });

  it("keeps the bytes as they came: white space, order of keys and a byte-order mark included", async () => {
    const bytes = Buffer.from(
      `\uFEFF ${JSON.stringify(danaya.CLIENT_FILE_STATUS_CHANGED(inventFile("odd")), null, 3)}\n\n`,
    );
    const { answer } = await ingress.post(bytes, { "content-type": "text/plain; charset=utf-16" });
    expect(answer.deliveryId).toBe(deliveryIdOf(bytes));
    expect(await rowOf(bytes)).toMatchObject({ sizeBytes: bytes.length });
  });
});

describe("in observe mode", () => {
  it("is accepted and stored as always, and nobody is woken, because days of jobs that nobody takes would fill Redis", async () => {
    const observing = await runIngress({ OBSERVE: "on" });
    const { status, answer } = await observing.post(approval("observed"));
    expect([status, answer.disposition]).toEqual([200, "accepted"]);
    expect(await observing.ledger.deliveries.get(answer.deliveryId)).toMatchObject({ status: "pending" });
    expect(observing.log.events("observing")).toHaveLength(1);
    const metrics = await (await fetch(`${observing.metricsUrl}/metrics`)).text();
    expect(metrics).not.toMatch(/^receiver_wake_ups_total\{/m);
    await observing.stop();
  });
});

describe("a body that must not be applied", () => {
  const quarantined = (...paths: string[]) => ({ status: 202, paths });
  const expected: Record<string, { status: number; paths: string[]; rule: RegExp }> = {
    "01-truncated-json": { status: 400, paths: [""], rule: /complete JSON/ },
    "03-top-level-array": { ...quarantined(""), rule: /must be an object/ },
    "05-missing-messageType": { ...quarantined("messageType"), rule: /must be one of .*ANALYSIS_RESULT/ },
    "06-unknown-messageType": { ...quarantined("messageType"), rule: /must be one of .*ANALYSIS_RESULT/ },
    "07-payload-id-missing": { ...quarantined("payload.id"), rule: /missing/ },
    "09-unsafe-integer-id": { ...quarantined("payload.id"), rule: /send it as a string/ },
    "11-timestamp-unparseable": { ...quarantined("timestamp"), rule: /existing date and time/ },
    "14-proto-pollution": {
      ...quarantined("payload.__proto__", "payload.constructor", "payload.constructor.prototype"),
      rule: /must not be used as a key/,
    },
  };

  it("has a row in this table, each file of the folder", () => {
    expect(badFixtures().map(({ name }) => name)).toEqual(Object.keys(expected));
  });

  it.each(badFixtures())("$name is answered with the path and the rule that it broke", async ({ name, bytes }) => {
    const { status, answer } = await ingress.post(bytes);
    const { problems } = answer;
    expect({ status, paths: problems.map(({ path }) => path) }).toEqual({
      status: expected[name]?.status,
      paths: expected[name]?.paths,
    });
    for (const { message } of problems) expect(message).toMatch(expected[name]?.rule ?? /never/);
    const row = await rowOf(bytes);
    if (status === 400) expect(row).toBeNull();
    else expect(row).toMatchObject({ disposition: "quarantined", status: "quarantined", problems });
    expect(await ingress.ledger.clientFiles.list({ limit: 10 })).toMatchObject({ items: [] });
  });
});
