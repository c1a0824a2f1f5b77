import { type Kysely, sql } from "kysely";

// docs/audit.md has the form that is hashed. The recomputation is in ../chains, on its own: neither calls the other.

const linkColumns = "add position bigint, add previous_hash bytea, add hash bytea";

/** By the database itself: a process of an older version, which knows nothing of chains, writes chained rows too. */
const chaining = (schema: string) => [
  // Nobody writes between the chaining of the rows that exist and the trigger on those to come.
  "lock table transitions, audit_log in access exclusive mode",
  `alter table transitions ${linkColumns}`,
  `alter table audit_log ${linkColumns}`,
  // Null is a row that was slipped in. An expression, so that those are read in the same order as the others.
  "create index audit_log_by_position on audit_log ((coalesce(position, 0)), id)",

  // The last link of each chain. Half-filled pages: a row changes with every link.
  `create table chain_heads (
    chain text collate "C" primary key check (chain ~ '^(audit_log|transitions/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'),
    position bigint not null,
    previous_hash bytea not null,
    hash bytea not null
  ) with (fillfactor = 50)`,

  `create function netstring(part text) returns text language sql immutable parallel safe
    return octet_length(convert_to(part, 'UTF8')) || ':' || part || ','`,
  // Columns that are null are left out: a nullable column that a later migration adds changes no hash of an older row.
  `create function link_hash(chain text, place bigint, previous bytea, content jsonb) returns bytea language sql stable
    return (
      select sha256(convert_to(
        netstring('v1') || netstring(chain) || netstring(place::text) || netstring(encode(previous, 'hex'))
          || coalesce(string_agg(netstring(key) || netstring(value), '' order by key collate "C"), ''), 'UTF8'))
      from jsonb_each_text(content - '{position,previous_hash,hash}'::text[]) where value is not null
    )`,

  // One statement: whoever waited for the head adds to what the other has committed, which no snapshot of his own would show.
  `create function add_link(name text, content jsonb, out place bigint, out previous bytea, out link bytea) language sql volatile as $$
      insert into chain_heads as head (chain, position, previous_hash, hash)
        values (name, 1, '', link_hash(name, 1, '', content))
        on conflict (chain) do update set position = head.position + 1, previous_hash = head.hash,
          hash = link_hash(name, head.position + 1, head.hash, content)
        returning position, previous_hash, hash
    $$`,
  // By its owner's rights: who adds rows needs none on the heads.
  `create function chain_transition() returns trigger language plpgsql
    security definer set search_path = ${schema}, pg_temp set timezone = 'UTC' as $$
    begin
      select place, previous, link into new.position, new.previous_hash, new.hash
        from add_link('transitions/' || new.client_file_id, to_jsonb(new));
      return new;
    end $$`,
  `create function chain_audit_entry() returns trigger language plpgsql
    security definer set search_path = ${schema}, pg_temp set timezone = 'UTC' as $$
    begin
      update audit_log a set (position, previous_hash, hash) =
        (select place, previous, link from add_link('audit_log', to_jsonb(a))) where id = new.id;
      return null;
    end $$`,
  `create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'rows of % are never changed or removed: they are chained by hash, see docs/audit.md', tg_table_name;
    end $$`,
];

/**
 * From everybody: whoever may call a function with its owner's rights could hang it on a table of his own, with a column whose cast to
 * JSON runs what he likes as the owner. Triggers that stand ask for no such right.
 */
const closed =
  "revoke execute on function netstring, link_hash, add_link, chain_transition, chain_audit_entry, refuse_change from public";

const triggers = [
  // Whoever adds a transition holds the locks of its file.
  "create trigger chain before insert on transitions for each row execute function chain_transition()",
  // One chain for everybody: its lock is the last that a transaction takes, whatever order it does its work in, so that two can't
  // wait for each other, and is held for the commit alone.
  `create constraint trigger chain after insert on audit_log deferrable initially deferred
    for each row execute function chain_audit_entry()`,
  "create trigger append_only before update or delete on transitions for each row execute function refuse_change()",
  "create trigger append_only before delete on audit_log for each row execute function refuse_change()",
  `create trigger append_only_but_its_link before update on audit_log
    for each row when (pg_trigger_depth() = 0) execute function refuse_change()`,
  `create trigger changed_by_new_links_only before update on chain_heads
    for each row when (pg_trigger_depth() = 0) execute function refuse_change()`,
  "create trigger never_removed before delete on chain_heads for each row execute function refuse_change()",
  ...["transitions", "audit_log", "chain_heads"].map(
    (table) => `create trigger never_emptied before truncate on ${table} execute function refuse_change()`,
  ),
];

/** Keeps the link in variables: a head that one transaction changes a million times is read more slowly each time. */
const chainExisting = (table: string, chain: string) => [
  `do $$
    declare
      entry record; chain_name text; place bigint; link bytea;
    begin
      for entry in select id, ${chain} as chain, to_jsonb(t) as content from ${table} t order by 2, id loop
        if chain_name is distinct from entry.chain then
          chain_name := entry.chain; place := 0; link := '';
        end if;
        place := place + 1;
        update ${table} set position = place, previous_hash = link, hash = link_hash(entry.chain, place, link, entry.content)
          where id = entry.id returning hash into link;
      end loop;
    end $$`,
  `insert into chain_heads (chain, position, previous_hash, hash)
    select distinct on (1) ${chain}, position, previous_hash, hash from ${table} order by 1, position desc`,
];

export async function up(db: Kysely<never>): Promise<void> {
  const { rows } = await sql<{ schema: string }>`select quote_ident(current_schema()) as schema`.execute(db);
  const statements = [
    ...rows.flatMap(({ schema }) => chaining(schema)),
    "set local timezone = 'UTC'",
    ...chainExisting("transitions", "'transitions/' || client_file_id"),
    ...chainExisting("audit_log", "'audit_log'"),
    "set local timezone = default",
    ...triggers,
    closed,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
