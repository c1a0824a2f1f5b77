import type { Story } from "@receiver/simulation";
import { type Check, type Evidence, idOf, noRows } from "./check.ts";

/** Whoever hears everything has one row per version of each file, those that were merged into another included. */
const everyVersion = noRows(
  `select concat('compliance, ', f.id, ' version ', v, ': ', count(n.id), ' rows') as what
    from client_files f cross join lateral generate_series(1, f.version) as v
    left join notifications n on n.client_file_id = f.id and n.version = v and n.subscriber_id = $1
    group by f.id, v having count(n.id) <> 1`,
  (evidence) => [idOf(evidence, "compliance")],
);

/** So has whoever may not know of sanctions, of the files that have nothing to do with them. */
const everyVersionButSecret = noRows(
  `select concat('operations, ', f.id, ' version ', v, ': ', count(n.id), ' rows') as what
    from client_files f cross join lateral generate_series(1, f.version) as v
    left join notifications n on n.client_file_id = f.id and n.version = v and n.subscriber_id = $1
    where f.home_id <> all ($2)
    group by f.id, v having count(n.id) <> 1`,
  (evidence) => [idOf(evidence, "operations"), secretIds(evidence)],
);

const secretIds = ({ traffic }: Evidence): string[] =>
  traffic.stories.filter(isSecret).flatMap(({ fileUuid, fileNumber }) => [fileUuid, fileNumber]);

const isSecret = ({ deliveries }: Story): boolean =>
  deliveries.some(({ body }) => Buffer.from(body).includes("SANCTION_CHECK"));

/** No row tells of a version, or a step, that there is not: of a transaction that was rolled back. */
const noneInvented = noRows(
  `select concat(n.id, ' tells of version ', n.version, ' of ', n.client_file_id) as what
    from notifications n left join client_files f on f.id = n.client_file_id
    where n.client_file_id is not null and (n.version > f.version or n.version < 1)
    union all
    select concat(t.client_file_id, ' has a step of version ', t.version)
    from transitions t join client_files f on f.id = t.client_file_id where t.version > f.version`,
);

/** Who asked for approvals alone has those that `operations` has, and no others. */
const approvalsAlone = noRows(
  `with told as (select * from notifications where client_file_id is not null)
    select concat('approvals, ', coalesce(a.client_file_id, o.client_file_id), ' version ', coalesce(a.version, o.version)) as what
    from (select * from told where subscriber_id = $1) a
    full join (select * from told where subscriber_id = $2 and type = 'client_file.approved') o
      using (client_file_id, version)
    where a.id is null or o.id is null or a.type <> 'client_file.approved'`,
  (evidence) => [idOf(evidence, "approvals"), idOf(evidence, "operations")],
);

/** A file that its story approves was announced as approved once under the id that it bears in the end; no other ever was. */
const approvedOnce = noRows(
  `select concat(f.file_uuid, ': approved ', count(n.id), ' times') as what
    from client_files f left join notifications n on n.client_file_id = f.id and n.subscriber_id = $1
    where f.merged_into is null
    group by f.id having count(n.id) <> (case when f.file_uuid = any ($2) then 1 else 0 end)`,
  (evidence) => [
    idOf(evidence, "approvals"),
    evidence.traffic.stories.filter(({ ends }) => ends === "APPROVED").map(({ fileUuid }) => fileUuid),
  ],
);

const quarantineTold = noRows(
  `select concat(d.id, ' is quarantined, rows: ', count(n.id)) as what
    from deliveries d left join notifications n on n.delivery_id = d.id and n.type = 'delivery.quarantined'
    where d.status = 'quarantined'
    group by d.id having count(n.id) <> 2 or bool_or(n.subscriber_id = $1)`,
  (evidence) => [idOf(evidence, "approvals")],
);

const outboxChecks = [everyVersion, everyVersionButSecret, noneInvented, approvalsAlone, approvedOnce, quarantineTold];

/** Exactly one row per subscriber that is to be told, and version of a file, or quarantined delivery. */
export const outbox: Check = async (evidence) => {
  const found = await Promise.all(outboxChecks.map((check) => check(evidence)));
  return found.flat();
};

/** Each subscriber heard and accepted each of its notifications, under one id always the same body, and heard nothing else. */
export const told: Check = async ({ query, subscribers }) => {
  const rows = await query<{ id: string; subscriber_id: string; digest: string }>(
    "select id, subscriber_id, encode(sha256(convert_to(body, 'UTF8')), 'hex') as digest from notifications",
  );
  const bySubscriber = Map.groupBy(rows, ({ subscriber_id }) => subscriber_id);
  return subscribers.flatMap(({ id: subscriberId, name, endpoint: { heard } }) => {
    const own = bySubscriber.get(subscriberId) ?? [];
    const known = new Set(own.map(({ id }) => id));
    const strange = [...heard.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${name} heard of ${id}, which is no row`);
    const wrong = own.flatMap(({ id, digest }) => {
      const { digests, accepted } = heard.get(id) ?? { digests: [], accepted: 0 };
      if (digests.length === 0) return [`${name}, ${id}: never heard`];
      if (digests.length > 1 || digests[0] !== digest) return [`${name}, ${id}: heard with another body`];
      return accepted > 0 ? [] : [`${name}, ${id}: never accepted`];
    });
    return [...strange, ...wrong];
  });
};
