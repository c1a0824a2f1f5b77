import type { ClientFileEvent } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { correlate } from "../src/correlate.ts";
import { at, says } from "./events.ts";
import { evidenceOf, linksOf, nodesOf } from "./files-of.ts";

const uuidSays = (fileUuid: string, said: Partial<ClientFileEvent> = {}) => says("UPLOAD", null, { fileUuid, ...said });
const numberSays = (fileNumber: string, said: Partial<ClientFileEvent> = {}) =>
  says("ANALYSIS", "ANALYZED", { fileNumber, ...said });
const bothSay = (fileUuid: string, fileNumber: string, said: Partial<ClientFileEvent> = {}) =>
  says("FLAT", "A_TRAITER", { fileUuid, fileNumber, ...said });

const contradictedIn = (events: ClientFileEvent[]) =>
  nodesOf(events)
    .filter((node) => correlate(evidenceOf(events)).contradicted(node))
    .map(({ id }) => id)
    .sort();

describe("a strong link", () => {
  test("holds between the ids that one event bears", () => {
    expect(linksOf([bothSay("u1", "1"), uuidSays("u2"), numberSays("2")])).toEqual({
      "number 1": "u1",
      "number 2": null,
      "uuid u1": "1",
      "uuid u2": null,
    });
  });

  test("holds whatever externalId and time of creation say", () => {
    const events = [
      bothSay("u1", "1", { externalId: "A", fileCreatedAt: at("08:00:00") }),
      uuidSays("u1", { externalId: "A", fileCreatedAt: at("09:00:00") }),
      uuidSays("u2", { externalId: "A" }),
    ];
    expect(linksOf(events)).toEqual({ "number 1": "u1", "uuid u1": "1", "uuid u2": null });
  });

  test("that contradicts another holds no more than the other: both ends of each are contradicted", () => {
    const events = [bothSay("u1", "1"), bothSay("u1", "2"), bothSay("u9", "9")];
    expect(linksOf(events)).toMatchObject({ "uuid u1": null, "number 1": null, "number 2": null, "uuid u9": "9" });
    expect(contradictedIn(events)).toEqual(["1", "2", "u1"]);
  });

  test("is contradicted along a whole chain", () => {
    const events = [bothSay("u1", "1"), bothSay("u2", "1"), bothSay("u2", "2")];
    expect(contradictedIn(events)).toEqual(["1", "2", "u1", "u2"]);
  });
});

describe("a weak link", () => {
  const same = { externalId: "A", fileCreatedAt: at("08:00:00") };

  test("holds while one uuid and one number bore the externalId", () => {
    expect(linksOf([uuidSays("u1", same), numberSays("1", same)])).toEqual({ "number 1": "u1", "uuid u1": "1" });
  });

  test("needs no time of creation where a side gives none", () => {
    const registered = uuidSays("u1", { externalId: "A" });
    expect(linksOf([registered, numberSays("1", same)])).toEqual({ "number 1": "u1", "uuid u1": "1" });
  });

  test("doesn't hold between different times of creation", () => {
    const later = { ...same, fileCreatedAt: at("08:00:01") };
    expect(linksOf([uuidSays("u1", same), numberSays("1", later)])).toEqual({ "number 1": null, "uuid u1": null });
  });

  test("dissolves when a second uuid or number bears the externalId", () => {
    const pair = [uuidSays("u1", same), numberSays("1", same)];
    expect(linksOf([...pair, uuidSays("u2", same)])).toMatchObject({ "uuid u1": null, "number 1": null });
    expect(linksOf([...pair, numberSays("2", same)])).toMatchObject({ "uuid u1": null, "number 1": null });
  });

  test("gives way to a strong one at either end", () => {
    const pair = [uuidSays("u1", same), numberSays("1", same)];
    expect(linksOf([...pair, bothSay("u1", "2")])).toEqual({ "number 1": null, "number 2": "u1", "uuid u1": "2" });
    expect(linksOf([...pair, bothSay("u2", "1")])).toEqual({ "number 1": "u2", "uuid u1": null, "uuid u2": "1" });
  });

  test("gives way even to strong ones that contradict each other", () => {
    const events = [uuidSays("u1", same), numberSays("1", same), bothSay("u1", "2"), bothSay("u1", "3")];
    expect(linksOf(events)).toMatchObject({ "uuid u1": null, "number 1": null });
  });

  test("doesn't hold where two externalIds tie an id to different partners", () => {
    const events = [
      uuidSays("u1", { externalId: "A" }),
      numberSays("1", { externalId: "A" }),
      uuidSays("u1", { externalId: "B" }),
      numberSays("2", { externalId: "B" }),
    ];
    expect(linksOf(events)).toEqual({ "number 1": null, "number 2": null, "uuid u1": null });
    expect(contradictedIn(events)).toEqual([]);
  });

  test("holds where two externalIds tie the same two ids", () => {
    const events = ["A", "B"].flatMap((externalId) => [
      uuidSays("u1", { externalId }),
      numberSays("1", { externalId }),
    ]);
    expect(linksOf(events)).toEqual({ "number 1": "u1", "uuid u1": "1" });
  });
});

test("the two spaces are apart: a uuid and a number may be spelt alike", () => {
  const events = [bothSay("1", "2"), bothSay("2", "1")];
  expect(linksOf(events)).toEqual({ "number 1": "2", "number 2": "1", "uuid 1": "2", "uuid 2": "1" });
});

test("an id that nobody bore has no partner and contradicts nothing", () => {
  const correlation = correlate({ strong: [], weak: [], apart: [] });
  expect(correlation.partnerOf({ space: "uuid", id: "u" })).toBeNull();
  expect(correlation.contradicted({ space: "uuid", id: "u" })).toBe(false);
});

describe("a resubmission after a refusal, with the same externalId", () => {
  const story = (times: (number | null)[]): ClientFileEvent[] => {
    const [refusedAt = null, approvedAt = null] = times;
    return [
      uuidSays("refused", { externalId: "A", fileCreatedAt: refusedAt }),
      numberSays("1", { externalId: "A", fileCreatedAt: refusedAt }),
      says("STATUS", "REJETER", { externalId: "A", fileNumber: "1" }),
      uuidSays("resubmitted", { externalId: "A", fileCreatedAt: approvedAt }),
      numberSays("2", { externalId: "A", fileCreatedAt: approvedAt }),
      says("STATUS", "VALIDER", { externalId: "A", fileNumber: "2" }),
    ];
  };

  test.each([
    ["times of creation that differ", [at("08:00:00"), at("09:00:00")]],
    ["one time of creation", [at("08:00:00"), at("08:00:00")]],
    ["no time of creation", [null, null]],
  ])("never ties the refused upload to the approved number, in any of 720 orders, with %s", (_, times) => {
    const orders = permutationsOf(story(times));
    expect(orders).toHaveLength(720);
    for (const order of orders) {
      expect(linksOf(order)).toEqual({
        "number 1": null,
        "number 2": null,
        "uuid refused": null,
        "uuid resubmitted": null,
      });
    }
  });

  test("never does on the way either, where all that bear the externalId bear their time of creation", () => {
    const asDocumented = story([at("08:00:00"), at("09:00:00")]).map((said) =>
      said.source === "STATUS" ? { ...said, externalId: null } : said,
    );
    for (const order of permutationsOf(asDocumented)) {
      for (let known = 1; known <= order.length; known += 1) {
        expect(linksOf(order.slice(0, known))["uuid refused"]).not.toBe("2");
      }
    }
  });
});

function permutationsOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => permutationsOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

describe("whatever events there are", () => {
  const maybe = <T>(values: T[]) => fc.constantFrom<T | null>(null, ...values);
  const bearing = fc
    .record({
      fileUuid: maybe(["a", "b", "c"]),
      fileNumber: maybe(["a", "b", "c"]),
      externalId: maybe(["X", "Y", "Z"]),
      fileCreatedAt: maybe([1000, 2000]),
    })
    .map((ids) => says("FLAT", null, ids));
  const history = fc.array(bearing, { maxLength: 10 });

  test("links are the same in any order and duplication", () => {
    fc.assert(
      fc.property(
        history.chain((events) => {
          const twice = [...events, ...events];
          return fc.tuple(fc.constant(events), fc.shuffledSubarray(twice, { minLength: twice.length }));
        }),
        ([events, arrived]) => {
          expect(linksOf(arrived)).toEqual(linksOf(events));
          expect(contradictedIn(arrived)).toEqual(contradictedIn(events));
        },
      ),
    );
  });

  test("every partner's partner is oneself, and nobody contradicted has one", () => {
    fc.assert(
      fc.property(history, (events) => {
        const { partnerOf, contradicted } = correlate(evidenceOf(events));
        for (const node of nodesOf(events)) {
          const partner = partnerOf(node);
          if (partner === null) continue;
          expect(partnerOf({ space: node.space === "uuid" ? "number" : "uuid", id: partner })).toBe(node.id);
          expect(contradicted(node)).toBe(false);
        }
      }),
    );
  });
});
