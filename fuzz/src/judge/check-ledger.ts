import type { Query } from "../world/start-services.ts";
import type { Stored } from "./stored.ts";

type LedgerEvidence = { query: Query; stored: ReadonlyMap<string, Stored> };

/** Answers whatever contradicts it, one line each: none when it holds. */
type Check = (evidence: LedgerEvidence) => Promise<string[]>;

/** A delivery in the ledger bears its own bytes. */
const lost: Check = async ({ query, stored }) => {
  const rows = await query<{ id: string; digest: string }>(
    "select delivery_id as id, encode(sha256(body), 'hex') as digest from delivery_bodies",
  );
  const digests = new Map(rows.map(({ id, digest }) => [id, digest]));
  return [...stored.values()].filter(({ id, digest }) => digests.get(id) !== digest).map(({ id }) => id);
};

const invented: Check = async ({ query, stored }) => {
  const rows = await query<{ id: string }>("select id from deliveries");
  return rows.map(({ id }) => id).filter((id) => !stored.has(id));
};

const settled: Check = async ({ query, stored }) => {
  const rows = await query<{ id: string; status: string; code: string | null }>(
    "select id, status, error_code as code from deliveries",
  );
  const due = (id: string) => (stored.get(id)?.isMessage ? "applied" : "quarantined");
  return rows.flatMap(({ id, status, code }) =>
    status === due(id) ? [] : [`${id}: ${status} ${code ?? ""}, not ${due(id)}`],
  );
};

const eventsOfMessages: Check = async ({ query, stored }) => {
  const rows = await query<{ id: string }>("select delivery_id as id from events where delivery_id is not null");
  return rows.map(({ id }) => id).filter((id) => !stored.get(id)?.isMessage);
};

/** By the witness, which knows nothing of how the product decides: who wrote to a file in the transaction of which delivery. */
const changedByMessages: Check = async ({ query, stored }) => {
  const rows = await query<{ file: string; ids: string[]; timers: number }>(
    `select f.subject as file, count(t.subject)::int as timers,
      coalesce(array_agg(d.subject) filter (where d.subject is not null), '{}') as ids
      from fuzz_witness f
      left join fuzz_witness d on d.transaction = f.transaction and d.kind = 'delivery'
      left join fuzz_witness t on t.transaction = f.transaction and t.kind = 'timer'
      where f.kind = 'file' group by f.subject, f.transaction`,
  );
  const isExcused = ({ ids, timers }: { ids: string[]; timers: number }) =>
    (ids.length > 0 || timers > 0) && ids.every((id) => stored.get(id)?.isMessage);
  return rows.filter((row) => !isExcused(row)).map(({ file, ids }) => `file ${file} by ${ids.join(", ") || "nobody"}`);
};

export const ledgerChecks = {
  lost: { holds: "every body answered 2xx is in the ledger, byte for byte", check: lost },
  invented: { holds: "the ledger holds nothing that was not answered 2xx", check: invented },
  settled: { holds: "what the contract takes was applied, and all else is quarantined", check: settled },
  events: { holds: "every event is of a delivery that the contract takes", check: eventsOfMessages },
  changes: { holds: "no client file changed but by a delivery that the contract takes", check: changedByMessages },
} satisfies Record<string, { holds: string; check: Check }>;
