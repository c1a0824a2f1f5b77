import type { ClientFileEvent } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventsOf } from "../../events/test/danaya-fixtures.ts";
import type { ClientFileView } from "../src/fold.ts";
import { defaultStatusMap } from "../src/status-map.ts";
import { viewOf } from "./events.ts";
import { filesOf } from "./files-of.ts";

/** The file that bears the number, with all that its links bring to it. */
function fileOf(prefix: string, number: string, statusMap = defaultStatusMap): ClientFileView {
  return viewOf(fileEvents(eventsOf(prefix), number), { statusMap });
}

function fileEvents(events: ClientFileEvent[], number: string): ClientFileEvent[] {
  const file = filesOf(events).find((bearers) => bearers.some((event) => event.fileNumber === number));
  if (!file) throw new Error(`no file has the number ${number}`);
  return file;
}

const steps = (view: ClientFileView): string[] => view.path.map(({ to }) => to);
const attempts = (view: ClientFileView) =>
  view.retries.map(({ documentId, verification, attempts, status }) => [documentId, verification, attempts, status]);

describe("the documented example", () => {
  test("takes file 456 through retry, analysis and approval, though the first two bear one timestamp", () => {
    const view = fileOf("documented", "456");
    expect(steps(view)).toEqual(["RETRY_REQUESTED", "AWAITING_DECISION", "APPROVED"]);
    expect(view).toMatchObject({ state: "APPROVED", score: 0.94, flags: ["orphan"], processingEnded: true });
    expect(attempts(view)).toEqual([["1001", "FACE_MATCH", 2, "settled"]]);
  });

  test("ends alike in both orders of its retry and its analysis, which bear one time and contradict each other", () => {
    const [retried, analysed] = eventsOf("documented").filter(
      ({ occurredAt }) => occurredAt === Date.parse("2025-10-17T11:45:00Z"),
    ) as [ClientFileEvent, ClientFileEvent];
    expect([retried.source, analysed.source].sort()).toEqual(["ANALYSIS", "RETRY"]);
    expect(viewOf([retried, analysed])).toEqual(viewOf([analysed, retried]));
    expect(viewOf([retried, analysed])).toMatchObject({ state: "AWAITING_DECISION", retries: [{ status: "settled" }] });
  });

  test("leaves the upload a file of its own, because nothing but the time of creation is common to both", () => {
    const files = filesOf(eventsOf("documented"));
    expect(files.map((events) => viewOf(events).state).sort()).toEqual(["APPROVED", "RECEIVED"]);
  });
});

describe("case 1: a plain approval, reversed a month later", () => {
  test("ends REJECTED with the approval on its path, because a newer decision moves a decided file", () => {
    const view = fileOf("case-01", "45607");
    expect(steps(view)).toEqual(["AWAITING_DECISION", "APPROVED", "REJECTED"]);
    expect(view.path.map(({ reversal }) => reversal)).toEqual([false, false, true]);
    expect(view).toMatchObject({ state: "REJECTED", score: 0.2, confirmed: false, kind: "KYC" });
  });

  test("folds to the same when all of its fixtures are taken for one file", () => {
    const view = viewOf(eventsOf("case-01"));
    expect(view).toMatchObject({ state: "REJECTED", externalId: "EXT-FILE-2026-000101", flags: [] });
    expect(steps(view)).toEqual(["AWAITING_DECISION", "APPROVED", "REJECTED"]);
  });
});

describe("case 2: three face-match retries, escalated, then approved", () => {
  test("counts three attempts on one document and stays escalated after the approval", () => {
    const view = fileOf("case-02", "45614");
    expect(attempts(view)).toEqual([["10103", "FACE_MATCH", 3, "settled"]]);
    expect(view.retries[0]).toMatchObject({ documentType: "CNI", ask: "new-selfie", confidences: [0.55, 0.72, 0.74] });
    expect(steps(view)).toEqual(["RETRY_REQUESTED", "AWAITING_DECISION", "APPROVED"]);
    expect(view).toMatchObject({ flags: ["escalated"], externalId: "EXT-FILE-2026-000102", score: 0.89 });
  });
});

describe("case 3: a passport near expiry", () => {
  test("links uuid, number and an externalId with a colon to one file", () => {
    const events = eventsOf("case-03");
    expect(filesOf(events)).toHaveLength(1);
    expect(viewOf(events).externalId).toBe("client:8841");
  });

  test("is approved with the notice that 28 days are left, and counts the check spelt `type`", () => {
    const view = fileOf("case-03", "45621");
    expect(view).toMatchObject({ state: "APPROVED", flags: ["document-near-expiry"] });
    expect(view.documents).toContainEqual({
      id: "10105",
      space: "analysis",
      type: "PASSEPORT",
      expiry: { day: "2026-12-20", disagree: false },
      validity: "near",
    });
    expect(attempts(view)).toEqual([["10105", "MRZ", 1, "settled"]]);
  });
});

describe("case 5: a company file with two counters, refused with a presumed status", () => {
  test("is REJECTED through the status map", () => {
    const view = fileOf("case-05", "45635");
    expect(view).toMatchObject({ state: "REJECTED", kind: "KYB", flags: [], externalId: "KYB-2026-0031" });
    expect(attempts(view)).toEqual([
      ["10108", "DB", 2, "settled"],
      ["10110", "FACE_MATCH", 1, "settled"],
    ]);
  });

  test("awaits its decision under an unknown status once that row is taken away", () => {
    const { REJETER: _, ...without } = defaultStatusMap;
    const view = fileOf("case-05", "45635", without);
    expect(view).toMatchObject({ state: "AWAITING_DECISION", flags: ["unknown-status"] });
  });
});

describe("case 6: an expired document", () => {
  test("asks for another document and is refused under the other presumed spelling", () => {
    const view = fileOf("case-06", "45642");
    expect(view).toMatchObject({ state: "REJECTED", flags: ["document-expired"], score: 0.41 });
    expect(view.retries).toMatchObject([{ documentId: "10112", verification: "EXPIRATION", ask: "another-document" }]);
  });

  test("reads one day from the printed date and the machine-readable zone, whose check digit holds", () => {
    const [document] = fileOf("case-06", "45642").documents.filter(({ space }) => space === "analysis");
    expect(document).toMatchObject({ expiry: { day: "2024-03-12", disagree: false }, validity: "expired" });
  });
});

describe("case 9: an exact duplicate, a retry without its attempt, and the flat form", () => {
  const events = eventsOf("case-09");

  test("is one approved file, with the flat form first: it counts at its createdAt", () => {
    expect(filesOf(events)).toHaveLength(1);
    const view = viewOf(events);
    expect(steps(view)).toEqual(["AWAITING_DECISION", "RETRY_REQUESTED", "AWAITING_DECISION", "APPROVED"]);
    expect(view).toMatchObject({ state: "APPROVED", flags: [], score: 0.9 });
    expect(attempts(view)).toEqual([["10115", "FACE_MATCH", 1, "settled"]]);
  });

  test("doesn't change by the repeat, because the same bytes are one event", () => {
    const decisions = events.filter(({ status }) => status === "VALIDER");
    expect(decisions.map(({ eventId }) => eventId)).toEqual([decisions[0]?.eventId, decisions[0]?.eventId]);
    const once = events.filter(
      (event, index) => events.findIndex(({ eventId }) => eventId === event.eventId) === index,
    );
    expect(viewOf(events)).toEqual(viewOf(once));
  });

  test("doesn't change by a repeat in other bytes that mean the same", () => {
    const again = events.map((event) => ({ ...event, eventId: `${event.eventId}-spelt-otherwise` }));
    const { path, ...view } = viewOf([...events, ...again]);
    const { path: pathOnce, ...viewOnce } = viewOf(events);
    expect(view).toEqual(viewOnce);
    expect(path.map(({ to }) => to)).toEqual(pathOnce.map(({ to }) => to));
  });

  test("knows no expiry of an empty date: unknown, not valid", () => {
    const [licence] = viewOf(events).documents.filter(({ space }) => space === "analysis");
    expect(licence).toMatchObject({ expiry: { day: null }, validity: "unknown" });
  });
});

describe("every case", () => {
  const prefixes = ["documented", "case-01", "case-02", "case-03", "case-05", "case-06", "case-09"];

  test.each(prefixes)(
    "%s gives the same files in any order of arrival, each delivery as often as it likes",
    (prefix) => {
      const events = eventsOf(prefix);
      const viewsOf = (arrived: readonly ClientFileEvent[]) =>
        filesOf(arrived)
          .map((file) => JSON.stringify(viewOf(file)))
          .sort();
      const expected = viewsOf(events);
      const twice = [...events, ...events];
      fc.assert(
        fc.property(fc.shuffledSubarray(twice, { minLength: twice.length }), (arrived) => {
          expect(viewsOf(arrived)).toEqual(expected);
        }),
        { numRuns: 50 },
      );
    },
  );
});
