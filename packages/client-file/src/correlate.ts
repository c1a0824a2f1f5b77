/** One of a file's two ids. The spaces are told apart by who bears the id, never by its form. */
export type Node = { space: "uuid" | "number"; id: string };

type Pair = { uuid: string; number: string };

/**
 * What ties the ids of one company. `strong`: pairs that one event bears together. `weak`: by externalId, all who ever
 * bore it and the creation times (milliseconds since 1970, whole seconds) that they gave, distinct. Two of each suffice:
 * they already tie nothing.
 */
export type Evidence = {
  strong: readonly Pair[];
  /** What an operator parted: neither kind of link holds between them. */
  apart: readonly Pair[];
  weak: readonly {
    externalId: string;
    uuids: readonly string[];
    numbers: readonly string[];
    createdAts: readonly number[];
  }[];
};

/** `partnerOf` gives the id in the other space, or null. `contradicted`: events tie this id to several. */
export type Correlation = { partnerOf(node: Node): string | null; contradicted(node: Node): boolean };

/**
 * A matching of uuids and numbers: each has one partner at most. Invariant: a function of the set of evidence, and
 * `partnerOf` is its own inverse.
 *
 * A strong link holds if it is the only one at both ends; otherwise none of those ends is linked at all. A weak link
 * holds if it is the only one at both ends and neither end has a strong one.
 */
export function correlate({ strong, weak, apart }: Evidence): Correlation {
  const parted = new Set(apart.map(pairKey));
  const together = (pair: Pair) => !parted.has(pairKey(pair));
  const borneTogether = linksOf(strong.filter(together));
  const presumed = linksOf(weak.flatMap((bearers) => presumedPair(bearers) ?? []).filter(together));

  const partnerOf = (node: Node): string | null => {
    if (borneTogether.at(node).size > 0) return borneTogether.onlyPartner(node);
    const partner = presumed.onlyPartner(node);
    return partner !== null && borneTogether.at(opposite(node, partner)).size === 0 ? partner : null;
  };
  const contradicted = (node: Node): boolean =>
    borneTogether.at(node).size > 0 && borneTogether.onlyPartner(node) === null;

  return { partnerOf, contradicted };
}

/** An externalId is not unique: it presumes a pair only while one uuid and one number bore it, of one creation time. */
function presumedPair({ uuids, numbers, createdAts }: Evidence["weak"][number]): Pair | null {
  const [uuid, ...otherUuids] = new Set(uuids);
  const [number, ...otherNumbers] = new Set(numbers);
  if (uuid === undefined || number === undefined) return null;
  const isSole = otherUuids.length === 0 && otherNumbers.length === 0 && new Set(createdAts).size <= 1;
  return isSole ? { uuid, number } : null;
}

const pairKey = ({ uuid, number }: Pair): string => JSON.stringify([uuid, number]);

type Links = { at(node: Node): ReadonlySet<string>; onlyPartner(node: Node): string | null };

function linksOf(pairs: readonly Pair[]): Links {
  const partners = { uuid: new Map<string, Set<string>>(), number: new Map<string, Set<string>>() };
  for (const { uuid, number } of pairs) {
    addTo(partners.uuid, uuid, number);
    addTo(partners.number, number, uuid);
  }
  const at = ({ space, id }: Node): ReadonlySet<string> => partners[space].get(id) ?? new Set();
  const onlyPartner = (node: Node): string | null => {
    const [partner, ...others] = at(node);
    if (partner === undefined || others.length > 0) return null;
    return at(opposite(node, partner)).size === 1 ? partner : null;
  };
  return { at, onlyPartner };
}

const opposite = (node: Node, id: string): Node => ({ space: node.space === "uuid" ? "number" : "uuid", id });

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}
