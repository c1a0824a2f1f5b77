import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkChain } from "../src/check-chain.ts";
import type { Finding } from "../src/finding.ts";
import { type Chain, type ChainedLink, type Head, type Link, linkHash } from "../src/link.ts";

const chain: Chain = { table: "transitions", clientFileId: "018f0000-0000-7000-8000-000000000001" };

/** Rows 11, 12, 13… at the positions 1, 2, 3… */
function chained(length: number): ChainedLink[] {
  const links: ChainedLink[] = [];
  for (let position = 1; position <= length; position += 1) links.push(behind(links.at(-1), { id: `1${position}` }));
  return links;
}

function behind(last: ChainedLink | undefined, { id, told = `by ${id}` }: { id: string; told?: string }): ChainedLink {
  const place = { position: (last?.position ?? 0) + 1, previousHash: last?.hash ?? "", content: { id, told } };
  return { id, ...place, hash: linkHash(chain, place) };
}

const headOf = (links: readonly ChainedLink[]): Head | null => links.at(-1) ?? null;

/** As the ledger reads it: in the order of the positions. */
function check(links: readonly Link[], head: Head | null): Finding[] {
  const { next, end } = checkChain(chain, head);
  const sorted = links.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0));
  return [...sorted.flatMap(next), ...end()];
}

const named = (findings: readonly Finding[]) =>
  findings.map(({ id, position, wrong }) => `${wrong} ${id ?? "gone"} at ${position}`).toSorted();

const whole = chained(6);
const head = headOf(whole);
const edited = (edit: (links: ChainedLink[]) => void): ChainedLink[] => {
  const links = structuredClone(whole);
  edit(links);
  return links;
};
const at = (links: readonly ChainedLink[], index: number) => links[index] as ChainedLink;
const forged = (link: ChainedLink, content: Record<string, string>): ChainedLink => {
  const rewritten = { ...link, content: { ...link.content, ...content } };
  return { ...rewritten, hash: linkHash(chain, rewritten) };
};

test("a chain that nobody touched is whole, whatever its length: the empty one has no head yet", () => {
  expect(check(whole, head)).toEqual([]);
  expect(check(chained(1), headOf(chained(1)))).toEqual([]);
  expect(check([], null)).toEqual([]);
});

describe("names the row and what was done to it, and no row beside it", () => {
  test.each<[string, Link[], Head | null, string[]]>([
    [
      "a column",
      edited((links) => Object.assign(at(links, 2).content, { told: "otherwise" })),
      head,
      ["changed 13 at 3"],
    ],
    ["a hash", edited((links) => Object.assign(at(links, 2), { hash: "00" })), head, ["changed 13 at 3"]],
    ["the first removed", whole.slice(1), head, ["removed gone at 1"]],
    ["two in the middle removed", whole.toSpliced(2, 2), head, ["removed gone at 3"]],
    ["the last removed", whole.slice(0, -1), head, ["removed gone at 6"]],
    ["all removed", [], head, ["removed gone at 1"]],
    ["the head removed", whole, null, ["removed gone at null"]],
    ["a head of long ago", whole, headOf(whole.slice(0, 4)), ["inserted 15 at 5", "inserted 16 at 6"]],
    ["positions swapped", edited(swapPositions), head, ["reordered 12 at 4", "reordered 14 at 2"]],
    ["places swapped", edited(swapPlaces), head, ["reordered 12 at 4", "reordered 14 at 2"]],
    [
      "a position far away",
      edited((links) => Object.assign(at(links, 1), { position: 99 })),
      head,
      ["reordered 12 at 99"],
    ],
    ["a row without a hash", [...whole, slippedIn()], head, ["inserted 99 at null"]],
    ["a second row at a position", [...whole, behind(at(whole, 1), { id: "99" })], head, ["inserted 99 at 3"]],
    ["a rewritten row", whole.with(2, forged(at(whole, 2), { told: "otherwise" })), head, ["changed 13 at 3"]],
    ["the last row rewritten", whole.with(5, forged(at(whole, 5), { told: "otherwise" })), head, ["changed 16 at 6"]],
  ])("%s", (_what, links, itsHead, expected) => {
    expect(named(check(links, itsHead))).toEqual(expected);
  });

  test("each of several things that were done to one chain", () => {
    const links = edited((rows) => {
      Object.assign(at(rows, 0).content, { told: "otherwise" });
      Object.assign(at(rows, 5).content, { told: "otherwise" });
      rows.splice(2, 1);
    });
    expect(named(check(links, head))).toEqual(["changed 11 at 1", "changed 16 at 6", "removed gone at 3"]);
  });

  test("rows that were moved up to hide that one is gone", () => {
    const links = edited((rows) => {
      rows.splice(2, 1);
      for (const row of rows.slice(2)) row.position -= 1;
    });
    expect(named(check(links, head))).toEqual([
      "removed gone at 3",
      "reordered 14 at 3",
      "reordered 15 at 4",
      "reordered 16 at 5",
    ]);
  });
});

test("no edit of a row is passed over, and an edit of any other row is not blamed on it", () => {
  const links = chained(8);
  fc.assert(
    fc.property(fc.nat(7), fc.constantFrom("position", "previousHash", "hash", "told"), (index, what) => {
      const row = structuredClone(at(links, index));
      if (what === "told") Object.assign(row.content, { told: `${row.content.told}.` });
      else Object.assign(row, { [what]: what === "position" ? row.position + 20 : `${row[what]}00` });
      const findings = check(links.with(index, row), headOf(links));
      expect(findings.map(({ id }) => id)).toEqual([row.id]);
    }),
    { numRuns: 50 },
  );
});

test("more broken rows than are compared with one another are named all the same, because a chain may be forged as a whole", () => {
  const links = chained(300).map((link) => ({ ...link, content: { ...link.content, told: "otherwise" } }));
  const findings = check(links, headOf(chained(300)));
  expect(findings).toHaveLength(300);
  expect(new Set(findings.map(({ wrong }) => wrong))).toEqual(new Set(["changed"]));
}, 60_000);

test("what is hashed can't be read in two ways, because each part's length goes before it", () => {
  const place = { position: 1, previousHash: "" };
  const hashes = [{ a: "b,1:c", d: "" }, { a: "b", "1:c": "d" }, { ab: "" }, { a: "b" }, { a: "b", d: "" }].map(
    (content) => linkHash(chain, { ...place, content }),
  );
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("the form is what docs/audit.md says, because others recompute it by that page", () => {
  const link = { position: 2, previousHash: "ab", content: { to_state: "REÇU", id: "7" } };
  const form = `2:v1,48:transitions/${chain.clientFileId},1:2,2:ab,2:id,1:7,8:to_state,5:REÇU,`;
  expect(linkHash(chain, link)).toBe(createHash("sha256").update(form).digest("hex"));
});

function swapPositions(links: ChainedLink[]): void {
  [at(links, 1).position, at(links, 3).position] = [at(links, 3).position, at(links, 1).position];
}

function swapPlaces(links: ChainedLink[]): void {
  const [one, other] = [at(links, 1), at(links, 3)];
  const place = ({ position, previousHash, hash }: ChainedLink) => ({ position, previousHash, hash });
  const [placeOfOne, placeOfOther] = [place(one), place(other)];
  Object.assign(one, placeOfOther);
  Object.assign(other, placeOfOne);
}

function slippedIn(): Link {
  return { id: "99", position: null, previousHash: null, hash: null, content: { id: "99" } };
}
