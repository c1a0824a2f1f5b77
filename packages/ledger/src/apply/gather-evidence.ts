import type { Evidence, Node } from "@receiver/client-file";
import type { ClientFileEvent } from "@receiver/events";
import { sql } from "kysely";
import type { LedgerTransaction, LockKey } from "../transaction.ts";
import { nodeKey, nodesOf, takeLateLocks } from "./lock-keys.ts";

/** What decides the links of `affected`: every node whose partner this event may have changed. */
export type Neighbourhood = { affected: Node[]; evidence: Evidence };

type Sighting = { file_uuid: string | null; file_number: string | null; external_id: string | null } & Act;
/** Null but of an operator's word on two ids. */
type Act = { act: "LINK" | "UNLINK" | null; at: string | null; event_id: string | null };
type Bearers = { externalId: string; uuids: string[]; numbers: string[]; createdAts: string[] };

/**
 * Locks and reads the part of the company's events that decides the links this event may have changed. The caller has
 * inserted it and holds `locked`, the keys of the event among them.
 *
 * An event changes edges at the ids it bears and at the ids that bore its externalId; a node's link depends on its own
 * edges and on those of the nodes at their other ends. Locking reveals what others committed while we waited, so it is
 * read again until nothing new has to be locked.
 *
 * Invariant: two transactions that can change the same node's link share a lock, so the later one sees both events.
 */
export async function lockNeighbourhood(
  trx: LedgerTransaction,
  event: ClientFileEvent,
  locked: readonly LockKey[],
): Promise<Neighbourhood> {
  const held = new Set(locked);
  for (;;) {
    const neighbourhood = await readNeighbourhood(trx, event);
    const missing = neighbourhood.affected
      .map((node) => nodeKey(event.companyId, node))
      .filter((key) => !held.has(key));
    if (missing.length === 0) return neighbourhood;
    for (const key of missing) held.add(key);
    await takeLateLocks(trx, missing, [...held]);
  }
}

async function readNeighbourhood(trx: LedgerTransaction, event: ClientFileEvent): Promise<Neighbourhood> {
  const borne = event.externalId === null ? [] : await bearersOf(trx, event.companyId, [event.externalId]);
  const changed = distinct([...nodesOf(event), ...borne.flatMap(nodesBearing)]);
  let nodes = changed;
  let affected = changed;
  for (const step of ["their neighbours", "the neighbours' other edges"] as const) {
    const found = await evidenceOf(trx, event.companyId, nodes, borne);
    const wider = distinct([...nodes, ...found.nodes]);
    if (step === "their neighbours") affected = wider;
    if (wider.length === nodes.length) return { affected, evidence: found.evidence };
    nodes = wider;
  }
  return { affected, evidence: (await evidenceOf(trx, event.companyId, nodes, borne)).evidence };
}

/** @param known of externalIds that we hold the lock of: nobody else can have changed who bears them */
async function evidenceOf(
  trx: LedgerTransaction,
  companyId: string,
  nodes: Node[],
  known: readonly Bearers[],
): Promise<{ evidence: Evidence; nodes: Node[] }> {
  const sightings = await sightingsOf(trx, companyId, nodes);
  const externalIds = new Set(sightings.flatMap((row) => row.external_id ?? []));
  const read = known.filter(({ externalId }) => externalIds.delete(externalId));
  const bearers = [...read, ...(await bearersOf(trx, companyId, [...externalIds]))];
  const strong = sightings.flatMap((row) =>
    row.file_uuid !== null && row.file_number !== null && row.act !== "UNLINK"
      ? [{ uuid: row.file_uuid, number: row.file_number }]
      : [],
  );
  const weak = bearers.map((row) => ({ ...row, createdAts: row.createdAts.map(Number) }));
  const apart = partedBy(sightings);
  const strongNodes = strong.flatMap((pair) => nodesOf({ fileUuid: pair.uuid, fileNumber: pair.number }));
  return {
    evidence: { strong, weak, apart },
    nodes: [...strongNodes, ...bearers.filter(isEdge).flatMap(nodesBearing)],
  };
}

/** Of each pair the latest word counts. */
function partedBy(sightings: readonly Sighting[]): Evidence["apart"] {
  const acts = sightings.filter(({ act }) => act !== null);
  const latestFirst = acts.sort((a, b) => (`${a.at} ${a.event_id}` < `${b.at} ${b.event_id}` ? 1 : -1));
  const byPair = Map.groupBy(latestFirst, (row) => JSON.stringify([row.file_uuid, row.file_number]));
  return [...byPair.values()].flatMap(([latest]) =>
    latest?.act === "UNLINK" ? [{ uuid: latest.file_uuid as string, number: latest.file_number as string }] : [],
  );
}

/** An operator's word bears both ids. Its time is written so that texts sort as times. */
const columns = sql`file_uuid, file_number, external_id,
  case when source in ('LINK', 'UNLINK') then source end as act,
  case when source in ('LINK', 'UNLINK') then to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') end as at,
  case when source in ('LINK', 'UNLINK') then id end as event_id`;

async function sightingsOf(trx: LedgerTransaction, companyId: string, nodes: Node[]): Promise<Sighting[]> {
  const ids = (space: Node["space"]) => nodes.filter((node) => node.space === space).map((node) => node.id);
  const { rows } = await sql<Sighting>`
    select ${columns} from events
    where company_id = ${companyId} and file_uuid = any(${ids("uuid")}::text[])
    union
    select ${columns} from events
    where company_id = ${companyId} and file_number = any(${ids("number")}::text[])`.execute(trx);
  return rows;
}

/** Two of each are enough to know that an externalId ties nothing; a heavily reused one must not cost more. */
async function bearersOf(trx: LedgerTransaction, companyId: string, externalIds: string[]): Promise<Bearers[]> {
  if (externalIds.length === 0) return [];
  const bore = sql`from events e where e.company_id = ${companyId} and e.external_id = x.id`;
  const { rows } = await sql<Bearers>`
    select x.id as "externalId",
      array(select distinct e.file_uuid ${bore} and e.file_uuid is not null limit 2) as uuids,
      array(select distinct e.file_number ${bore} and e.file_number is not null limit 2) as numbers,
      array(select distinct (extract(epoch from e.file_created_at) * 1000)::bigint ${bore}
        and e.file_created_at is not null limit 2) as "createdAts"
    from unnest(${externalIds}::text[]) as x (id)`.execute(trx);
  return rows;
}

const isEdge = (bearers: Bearers): boolean => bearers.uuids.length === 1 && bearers.numbers.length === 1;

const nodesBearing = (bearers: Bearers): Node[] => [
  ...bearers.uuids.map((id): Node => ({ space: "uuid", id })),
  ...bearers.numbers.map((id): Node => ({ space: "number", id })),
];

function distinct(nodes: readonly Node[]): Node[] {
  return [...new Map(nodes.map((node) => [JSON.stringify([node.space, node.id]), node])).values()];
}
