import { classify } from "@receiver/contracts";
import { deliveryIdOf } from "@receiver/ledger/inbox";
import { expect, test } from "vitest";
import { planTraffic } from "../src/plan/plan-traffic.ts";

const traffic = planTraffic({ seed: 1, count: 4_000 });
const distinct = new Map(traffic.postings.map((posting) => [posting.id, posting]));

test("the same seed posts the same bytes in the same order, another seed none of them", () => {
  expect(planTraffic({ seed: 1, count: 400 })).toEqual(planTraffic({ seed: 1, count: 400 }));
  const other = planTraffic({ seed: 2, count: 4_000 });
  expect(other.postings.filter(({ id }) => distinct.has(id))).toEqual([]);
});

test("posts about as many as asked, some of them twice, and overtakes some", () => {
  expect(traffic.postings.length).toBeGreaterThan(3_500);
  expect(traffic.postings.length).toBeLessThan(4_500);
  const repeated = traffic.postings.length - distinct.size;
  expect(repeated / distinct.size).toBeGreaterThan(0.08);
  const times = traffic.postings.flatMap(({ occurredAt }) => occurredAt ?? []);
  expect(times).not.toEqual(times.toSorted((a, b) => a - b));
});

test("knows each delivery by the id that the ledger will give it, and where it will end", () => {
  const expectations = { message: "applied", unusable: "quarantined", "not-json": "refused" } as Record<string, string>;
  for (const { id, body, expected } of distinct.values()) {
    expect(id).toBe(deliveryIdOf(body));
    expect(expectations[classify(body).kind]).toBe(expected);
  }
  expect(new Set([...distinct.values()].map(({ expected }) => expected)).size).toBe(3);
});

test("tells every story whole, because a file's end is known only when nothing of it is missing", () => {
  const posted = new Set(traffic.postings.map(({ body }) => Buffer.from(body).toString()));
  const missing = traffic.stories
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ body }) => !posted.has(Buffer.from(body).toString()));
  expect(missing).toEqual([]);
});
