import { details, type Finding, findingOf } from "./finding.ts";
import { type Gap, judgeSuspects } from "./judge-suspects.ts";
import { type Chain, type ChainedLink, fitsItsHash, type Head, isChained, type Link } from "./link.ts";

/** Of more rows that don't fit their hashes than this it isn't asked where they belong: that takes every pair of them. */
const SUSPECTS_MAX = 200;

/**
 * Recomputes one chain from its rows, which are given one after another in the order of their positions, so that a chain of any
 * length needs no memory.
 *
 * A row is first held against its own hash, then against the row before it, the last one against the head. What doesn't fit its
 * own hash is judged at the end, when it is known which places are empty.
 *
 * @param head what the ledger keeps as the last link; null when it keeps none
 */
export function checkChain(chain: Chain, head: Head | null): { next(link: Link): Finding[]; end(): Finding[] } {
  const suspects: ChainedLink[] = [];
  const filled = new Set<number>();
  const gaps: Gap[] = [];
  let last: ChainedLink | null = null;
  /** At one position: more than one if a row was slipped in. */
  let rivals: ChainedLink[] = [];

  const found = (link: Link, wrong: Finding["wrong"], detail: string) =>
    findingOf(chain, { id: link.id, position: link.position, wrong, detail });

  /** The rivals' own row is the one that the next row, or the head, follows. */
  function settle(following: ChainedLink | null): Finding[] {
    const own = chooseRival(rivals, last, following ?? head);
    if (!own) return [];
    const findings = rivals
      .filter((rival) => rival !== own)
      .map((rival) => found(rival, "inserted", details.rival(own)));
    const empty = { from: (last?.position ?? 0) + 1, to: own.position - 1 };
    if (empty.to >= empty.from) gaps.push({ ...empty, after: last?.id ?? null, before: own.id });
    else if (own.previousHash !== (last?.hash ?? ""))
      findings.push(found(last ?? own, "changed", details.relinked(own)));
    last = own;
    rivals = [];
    return findings;
  }

  function suspect(link: ChainedLink): Finding[] {
    if (suspects.length < SUSPECTS_MAX) {
      suspects.push(link);
      return [];
    }
    filled.add(link.position);
    return [found(link, "changed", details.changed)];
  }

  function checkHead(): Finding[] {
    if (!head) return last ? [findingOf(chain, { wrong: "removed", detail: details.headless })] : [];
    if (last?.position === head.position && last.hash !== head.hash) return [found(last, "changed", details.otherHead)];
    return [];
  }

  return {
    next(link) {
      if (!isChained(link)) return [found(link, "inserted", details.unchained)];
      if (!fitsItsHash(chain, link)) return suspect(link);
      if (link.position < 1 || (head && link.position > head.position)) {
        return [found(link, "inserted", details.beyondHead)];
      }
      const findings = link.position === rivals[0]?.position ? [] : settle(link);
      rivals.push(link);
      return findings;
    },
    end() {
      const findings = [...settle(null), ...checkHead()];
      const from = (last?.position ?? 0) + 1;
      const to = head?.position ?? Math.max(0, ...suspects.map(({ position }) => position));
      if (to >= from) gaps.push({ from, to, after: last?.id ?? null, before: null });
      return [...findings, ...judgeSuspects(chain, suspects, { gaps, filled })];
    },
  };
}

function chooseRival(
  rivals: readonly ChainedLink[],
  last: ChainedLink | null,
  next: ChainedLink | Head | null,
): ChainedLink | undefined {
  const wanted = next && ("previousHash" in next ? next.previousHash : next.hash);
  return (
    rivals.find(({ hash }) => hash === wanted) ??
    rivals.find(({ previousHash }) => previousHash === (last?.hash ?? "")) ??
    rivals[0]
  );
}
