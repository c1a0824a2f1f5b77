import { readLookUp } from "@receiver/contracts";
import { openDanayaApi } from "@receiver/danaya-api";
import { fields } from "@receiver/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type ApiTroubles,
  createWorld,
  type Moment,
  type ServedWorld,
  serveWorld,
  type WorldFile,
} from "../src/index.ts";

const world = createWorld({ seed: "served", files: 60, startsAt: Date.UTC(2025, 9, 1) });
const outgoingAllow = fields.cidrList.parse("127.0.0.1");
const credentials = { apiKey: "the-key", apiSecret: "the-secret" };
const calm = { slowPercent: 0, errorPercent: 0, busyPercent: 0, wrongJsonPercent: 0 };

let now = world.endsAt;
let served: ServedWorld;
beforeAll(async () => {
  served = await serveWorld(world, { now: () => now, ...credentials });
});
beforeEach(() => {
  now = world.endsAt;
  served.setTroubles(calm);
});
afterAll(() => served.close());

/** Danaya's API as the product asks it. */
async function ask(fileUuid: string, asker: { apiSecret?: string; limitMs?: number } = {}) {
  const api = openDanayaApi({ baseUrl: served.url, ...credentials, outgoingAllow, ...asker });
  return api.lookUp(fileUuid).finally(api.close);
}

async function read(fileUuid: string) {
  const answer = await ask(fileUuid);
  return answer.kind === "answered" ? readLookUp(answer.body) : answer;
}

const overturned = fileWith(({ trueDecisions }) => trueDecisions.length > 1);
const [uploaded, numbered, analysed, decided, reversed] = overturned.timeline as [
  Moment,
  Moment,
  Moment,
  Moment,
  Moment,
];

function fileWith(isWanted: (file: WorldFile) => boolean): WorldFile {
  const found = world.files.find(isWanted);
  if (!found) throw new Error("the seed has no such file");
  return found;
}

describe("the look-up, asked by the product's own client", () => {
  test("says of a file what is true at that time, and nothing before it has a number", async () => {
    now = uploaded.from;
    expect(await read(overturned.fileUuid)).toEqual({ kind: "not-found" });
    for (const { from, status } of [numbered, analysed, decided, reversed]) {
      now = from;
      const file = { id: overturned.fileNumber, status };
      expect(await read(overturned.fileUuid)).toMatchObject({ kind: "file", file });
    }
  });

  test("reads the documents as the analysis reported them, so that a look-up never contradicts a webhook", async () => {
    const documents = overturned.documents.map(({ id, type, ocrExtractedData }) => ({
      id: String(id),
      type,
      ocrExtractedData: ocrExtractedData ?? {},
    }));
    expect(await read(overturned.fileUuid)).toMatchObject({ kind: "file", file: { documents } });
  });

  test("doesn't know a uuid that is nobody's, nor a caller with another secret", async () => {
    expect(await ask("nobody")).toEqual({ kind: "not-found" });
    expect(await ask(overturned.fileUuid, { apiSecret: "guessed" })).toEqual({ kind: "refused", httpStatus: 401 });
  });

  test.each<[string, Partial<ApiTroubles>, object]>([
    [
      "too many questions",
      { busyPercent: 100, retryAfterSeconds: 7 },
      { kind: "busy", httpStatus: 429, retryAfterMs: 7_000 },
    ],
    ["an error of theirs", { errorPercent: 100 }, { kind: expect.stringMatching(/^(unreachable|busy)$/) }],
    ["an answer that comes too late", { slowPercent: 100, slowMs: 60_000 }, { kind: "unreachable" }],
  ])("can be in trouble: %s", async (_what, troubles, expected) => {
    served.setTroubles(troubles);
    expect(await ask(overturned.fileUuid, { limitMs: 100 })).toEqual(expected);
  });

  test("can answer what can't be read as a file, in each of its ways", async () => {
    served.setTroubles({ wrongJsonPercent: 100 });
    for (let nth = 0; nth < 8; nth += 1) {
      expect(await read(overturned.fileUuid)).toMatchObject({ kind: "unreadable" });
    }
  });

  test("counts the questions by uuid, so that a test can see who was asked about and how often", async () => {
    const { fileUuid } = world.files[1] as WorldFile;
    const before = served.requests().get(fileUuid) ?? 0;
    await ask(fileUuid);
    await ask(fileUuid);
    expect(served.requests().get(fileUuid)).toBe(before + 2);
  });

  test("refuses shares that are more than all", () => {
    expect(() => served.setTroubles({ errorPercent: 60, busyPercent: 60 })).toThrow(RangeError);
  });
});

const get = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
  (await fetch(`${served.url}${path}`, { headers })).json();

describe("beside the documented form", () => {
  test("v2 answers the flat form, the same one each time: it bears both ids", async () => {
    const path = `/v2/clients-files/client-file-to-analyze-id/${overturned.fileUuid}`;
    const headers = { "api-key": credentials.apiKey, "api-secret": credentials.apiSecret };
    const answer = await get(path, headers);
    expect(answer).toMatchObject({
      id: overturned.invented.number,
      clientFileToAnalyzeId: overturned.fileUuid,
      status: reversed.status,
      externalId: overturned.externalId,
      company: { id: overturned.invented.companyId },
      documents: overturned.documents,
    });
    expect(await get(path, headers)).toEqual(answer);
  });

  test("/truth tells what is true at this time, and not what will be", async () => {
    now = decided.from;
    const one = await get(`/truth/${overturned.fileUuid}`);
    expect(one).toMatchObject({
      fileNumber: overturned.fileNumber,
      state: decided.state,
      finalState: reversed.state,
      decisions: [{ decision: decided.state, from: new Date(decided.from).toISOString(), until: null }],
    });
    expect(await get("/truth")).toMatchObject({
      at: new Date(now).toISOString(),
      files: expect.arrayContaining([one]),
    });
  });
});
