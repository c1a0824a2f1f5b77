import { details, type Finding, findingOf } from "./finding.ts";
import { type Chain, type ChainedLink, linkHash } from "./link.ts";

/** Positions at which no row was found that fits its hash; between which rows. */
export type Gap = { from: number; to: number; after: string | null; before: string | null };

/** Of more empty places it isn't asked whether a row belongs there. */
const PLACES_MAX = 1_000;

/**
 * Says of rows that don't fit their hashes whether they were changed, moved or slipped in, and of the places that nobody fills
 * then that their rows were removed.
 */
export function judgeSuspects(
  chain: Chain,
  suspects: readonly ChainedLink[],
  { gaps, filled }: { gaps: readonly Gap[]; filled: Set<number> },
): Finding[] {
  const findings: Finding[] = [];
  const places = suspects.length > 0 ? placesIn(gaps) : [];
  const unplaced = suspects.filter((link) => {
    const place = whereItBelongs(chain, link, { suspects, places });
    if (place === null) return true;
    filled.add(place);
    findings.push(findingOf(chain, { ...link, wrong: "reordered", detail: `it belongs at position ${place}` }));
    return false;
  });
  for (const link of unplaced) {
    const isPlaceTaken = filled.has(link.position) || !gaps.some((gap) => lies(link.position, gap));
    filled.add(link.position);
    const verdict = isPlaceTaken ? slippedIn : { wrong: "changed" as const, detail: details.changed };
    findings.push(findingOf(chain, { ...link, ...verdict }));
  }
  const taken = [...filled].sort((a, b) => a - b);
  return [...findings, ...removedIn(chain, gaps, taken)];
}

const slippedIn = { wrong: "inserted", detail: `its place is another row's, and ${details.changed}` } as const;

const lies = (position: number, { from, to }: Pick<Gap, "from" | "to">): boolean => position >= from && position <= to;

/** With its own predecessor at another place, or at the place and behind the predecessor of another suspect. */
function whereItBelongs(
  chain: Chain,
  link: ChainedLink,
  { suspects, places }: { suspects: readonly ChainedLink[]; places: readonly number[] },
): number | null {
  const hashes = new Set(suspects.map(({ hash }) => hash));
  const fits = (at: Pick<ChainedLink, "position" | "previousHash">): boolean =>
    at.position !== link.position && hashes.has(linkHash(chain, { ...at, content: link.content }));
  const own = places.find((position) => fits({ position, previousHash: link.previousHash }));
  return own ?? suspects.find(fits)?.position ?? null;
}

function placesIn(gaps: readonly Gap[]): number[] {
  const places: number[] = [];
  for (const { from, to } of gaps) {
    for (let place = from; place <= to && places.length < PLACES_MAX; place += 1) places.push(place);
  }
  return places;
}

/** Both in ascending order, and walked through once: there may be as many as there are rows. */
function removedIn(chain: Chain, gaps: readonly Gap[], taken: readonly number[]): Finding[] {
  const findings: Finding[] = [];
  let next = 0;
  for (const gap of gaps) {
    let from = gap.from;
    while (from <= gap.to) {
      while ((taken[next] ?? Number.POSITIVE_INFINITY) < from) next += 1;
      const end = Math.min(taken[next] ?? gap.to + 1, gap.to + 1);
      if (end > from) findings.push(removed(chain, { from, to: end - 1, ...neighboursOf(gap, { from, end }) }));
      from = end + 1;
    }
  }
  return findings;
}

/** Where a row that was found to lie in the gap is next to the empty places, it has been named itself. */
const neighboursOf = (gap: Gap, { from, end }: { from: number; end: number }): Pick<Gap, "after" | "before"> => ({
  after: from === gap.from ? gap.after : null,
  before: end > gap.to ? gap.before : null,
});

function removed(chain: Chain, { from, to, after, before }: Gap): Finding {
  const rows = from === to ? "the row is gone" : `the rows up to position ${to} are gone`;
  const behind = after === null ? "" : `, behind row ${after}`;
  const ahead = before === null ? "" : `, before row ${before}`;
  return findingOf(chain, { position: from, wrong: "removed", detail: `${rows}${behind}${ahead}` });
}
