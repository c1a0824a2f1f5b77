import { type Check, noRows } from "./check.ts";
import { openBodies } from "./open-bodies.ts";

const storedIn = (evidence: Parameters<Check>[0]) =>
  [...evidence.correspondence.answered.values()].filter(({ expected }) => expected !== "refused");

/** Answered 2xx, hence on disk, to the byte: sealed, and to be opened. */
export const lost: Check = async (evidence) => {
  const sent = new Map(evidence.traffic.postings.map(({ id, body }) => [id, Buffer.from(body)]));
  const stored = new Map((await openBodies(evidence)).map(({ id, body }) => [id, body]));
  return storedIn(evidence).flatMap(({ id }) => (sent.get(id)?.equals(stored.get(id) ?? NOTHING) ? [] : [id]));
};

const NOTHING = Buffer.alloc(0);

/** Nothing is in the ledger that Danaya never sent, and nothing that is not JSON. */
export const invented: Check = async ({ query, traffic }) => {
  const sent = new Set(traffic.postings.filter(({ expected }) => expected !== "refused").map(({ id }) => id));
  const rows = await query<{ id: string }>("select id from deliveries");
  return rows.flatMap(({ id }) => (sent.has(id) ? [] : [id]));
};

/** Each answer 2xx was a sighting; one that got no answer may have been, too. */
export const sightings = noRows(
  `select concat(id, ': answered ', times, ' times, seen ', sightings) as what
    from unnest($1::text[], $2::integer[]) as answered (id, times) join deliveries using (id) where sightings < times`,
  (evidence) => [storedIn(evidence).map(({ id }) => id), storedIn(evidence).map(({ times }) => times)],
);

/** By the trigger, which knows nothing of how the product guards itself. */
export const appliedTwice = noRows(
  `select delivery_id as what from chaos_witness group by delivery_id having count(*) > 1
    or bool_or(was = 'applied' and became <> 'applied')`,
);

/** An applied delivery is one that the witness saw, and one event. */
export const oneEventEach = noRows(
  `select concat(d.id, ': ', d.status, ', ', count(distinct e.id), ' events, ', count(distinct w.ctid), ' witnessed') as what
    from deliveries d left join events e on e.delivery_id = d.id left join chaos_witness w on w.delivery_id = d.id
    group by d.id
    having count(distinct e.id) <> (case d.status when 'applied' then 1 else 0 end)
      or (d.status = 'applied') <> (count(distinct w.ctid) > 0)`,
);

export const rightDisposition: Check = async ({ query, traffic }) => {
  const expected = new Map(traffic.postings.map((posting) => [posting.id, posting.expected]));
  const rows = await query<{ id: string; status: string }>("select id, status from deliveries");
  const settled = rows.filter(({ status }) => status !== "pending");
  return settled.flatMap(({ id, status }) =>
    expected.get(id) === status ? [] : [`${id}: ${status} instead of ${expected.get(id)}`],
  );
};
