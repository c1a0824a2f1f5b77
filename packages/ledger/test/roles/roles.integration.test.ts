import { bytesOf, danaya, inventFile, minutesAfter } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultRetention } from "../../src/retention/policy.ts";
import { allGrants } from "../../src/roles/grants.ts";
import { applyRoles, type Role, roleStatements, roles } from "../../src/roles/index.ts";
import { idOf, incoming, NOW } from "../open-test-ledger.ts";
import { logins, openUnderRoles, type UnderRoles } from "./open-under-roles.ts";

const FORBIDDEN = "42501";
const later = new Date("2027-06-01T00:00:00Z");
const by = { actor: "awa", reason: "to see" };
const upload = (seed: string) => danaya.DOCUMENT_TO_ANALYSE_RECEIVED(inventFile(seed));

let t: UnderRoles;
beforeAll(async () => {
  t = await openUnderRoles();
});
afterAll(async () => t[Symbol.asyncDispose]());

const loginOf = (role: Role) => logins.find((login) => login.role === role)?.name ?? "";

async function tables(): Promise<string[]> {
  const found = await t.attempt(
    "owner",
    "select relname from pg_class where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace order by 1",
  );
  return (found as { relname: string }[]).map(({ relname }) => relname);
}

const allColumns = `select table_name as table, column_name as column
  from information_schema.columns where table_schema = 'public'`;
const allGranted = `select lower(concat_ws(' ', grantee, privilege_type, table_name, column_name)) as text
  from information_schema.column_privileges where table_schema = 'public' and grantee <> current_user
  union all select lower(concat_ws(' ', grantee, privilege_type, table_name, '-'))
  from information_schema.table_privileges where table_schema = 'public' and grantee <> current_user
    and privilege_type not in ('SELECT', 'INSERT', 'UPDATE')`;

describe("the table of grants", () => {
  test("has a row for every table of the schema, or a new one would be forgotten", async () => {
    expect(Object.keys(allGrants).sort()).toEqual(await tables());
  });

  test("is all that anybody has, column by column, and everybody has none", async () => {
    const columns = (await t.attempt("owner", allColumns)) as { table: string; column: string }[];
    const expected = Object.entries(allGrants).flatMap(([table, byRole]) =>
      Object.entries(byRole).flatMap(([role, grant]) =>
        Object.entries(grant).flatMap(([privilege, named]) => {
          const all = columns.flatMap((one) => (one.table === table ? one.column : []));
          const over = privilege === "delete" ? ["-"] : named === "all" ? all : [...named];
          return over.map((column) => `${role} ${privilege} ${table} ${column}`);
        }),
      ),
    );
    const granted = (await t.attempt("owner", allGranted)) as { text: string }[];
    expect(granted.map(({ text }) => text).sort()).toEqual(expected.sort());
  });

  test("lets nobody change or remove what is append-only", async () => {
    for (const role of roles) {
      for (const [table, column] of [
        ["transitions", "to_state"],
        ["audit_log", "actor"],
      ]) {
        expect(await t.attempt(loginOf(role), `update ${table} set ${column} = null`)).toBe(FORBIDDEN);
        expect(await t.attempt(loginOf(role), `delete from ${table}`)).toBe(FORBIDDEN);
      }
    }
  });

  test("lets nobody remove the row of a data key, because one that is destroyed is what keeps a person erased", async () => {
    for (const role of roles) expect(await t.attempt(loginOf(role), "delete from data_keys")).toBe(FORBIDDEN);
  });

  test("lets nobody hang a function that has its owner's rights on a table of his own, which would make him the owner", async () => {
    const callable = `select r.rolname, p.proname from pg_proc p, pg_roles r
      where p.pronamespace = 'public'::regnamespace and r.rolname = any('{${logins.map(({ name }) => name)}}')
        and has_function_privilege(r.oid, p.oid, 'execute')`;
    expect(await t.attempt("owner", callable)).toEqual([]);
    for (const { name } of logins) expect(await t.attempt(name, "create temp table planted (id int)")).toBe(FORBIDDEN);
  });

  test("is applied again without a change, and takes back what was granted beside it", async () => {
    const acl =
      "select relname, relacl::text, (select array_agg(attacl::text order by attnum) from pg_attribute where attrelid = c.oid) from pg_class c where relnamespace = 'public'::regnamespace order by 1";
    const before = await t.attempt("owner", acl);
    await Promise.all([applyRoles(t.ownerUrl, logins), applyRoles(t.ownerUrl, [])]);
    expect(await t.attempt("owner", acl)).toEqual(before);
    await t.run("grant select (body) on delivery_bodies to receiver_ingress");
    await applyRoles(t.ownerUrl, []);
    expect(await t.attempt("owner", acl)).toEqual(before);
  });

  test("shows no password in its statements, because servers log them", () => {
    const text = roleStatements(logins).join("\n");
    for (const { password } of logins) expect(text).not.toContain(password);
  });
});

describe("the ingress, as itself", () => {
  test("stores, knows a duplicate, counts it, and tries a failed one again", async () => {
    const body = upload("stored");
    expect(await t.inbox.receive(incoming(body))).toEqual({ disposition: "accepted", publish: { epoch: 0 } });
    expect(await t.inbox.receive(incoming(body))).toMatchObject({ disposition: "duplicate" });
    await t.worker.recordDeliveryFailure(idOf(body), { code: "INTERNAL", frames: [], epoch: 0, now: NOW });
    expect(await t.inbox.receive(incoming(body))).toEqual({ disposition: "duplicate", publish: { epoch: 1 } });
    const problems = [{ path: "x", message: "y" }];
    expect(await t.inbox.receive(incoming(upload("foreign"), { problems }))).toMatchObject({
      disposition: "quarantined",
    });
  });

  test("drains its spool, and sees that it may store and how durable that is", async () => {
    const spooled = [upload("spooled 1"), upload("spooled 2")].map((body) => incoming(body));
    expect(await t.inbox.receiveSpooled(spooled)).toMatchObject([
      { disposition: "accepted" },
      { disposition: "accepted" },
    ]);
    expect(await t.inbox.receiveSpooled(spooled)).toMatchObject([
      { disposition: "duplicate" },
      { disposition: "duplicate" },
    ]);
    await t.inbox.check();
    await t.inbox.weaknesses();
  });

  test.each([
    "select body from delivery_bodies",
    "select facts from events",
    "select view from client_files",
    "select secret from subscribers",
    "select error_frames from deliveries",
    "select body from notifications",
    "select actor from audit_log",
    "delete from deliveries",
    "update delivery_bodies set body = ''",
    "insert into audit_log (actor, action, target) values ('a', 'b', 'c')",
    "create table planted (id int)",
    "create schema planted",
    "set role receiver_ops",
    "select pg_read_file('/etc/passwd')",
    "copy (select 1) to program 'true'",
    "alter role ingress superuser",
  ])("is refused: %s", async (text) => {
    expect(await t.attempt("ingress", text)).toBe(FORBIDDEN);
  });
});

describe("everybody else, as himself", () => {
  test("workers apply, sweep, announce and fire timers; the notifier sends; ops read, reveal, replay and change", async () => {
    const file = inventFile("a whole life");
    const subscriber = await t.ops.subscribers.create(
      { name: "s", kind: "http", url: "https://s.example/", types: ["*"], companies: null, audience: "operations" },
      { actor: "awa", now: NOW },
    );
    await t.worker.statusMap.seed((await t.worker.statusMap.current()).entries);
    const bodies = [danaya.DOCUMENT_TO_ANALYSE_RECEIVED, danaya.RETRY_DOCUMENT_VERIFICATION].map((build) =>
      build(file),
    );
    const [flat, page] = [danaya.FLAT_CLIENT_FILE(file), { before: later, after: null, limit: 10 }];
    for (const body of bodies) {
      await t.inbox.receive(incoming(body));
      expect(await t.worker.applyDelivery(idOf(body), NOW)).toMatchObject({ kind: "applied" });
    }
    const {
      wakeUps: [timer],
    } = await t.worker.sweep.overdue("follow-ups", page);
    expect(await t.worker.fireFollowUp(timer?.id ?? "", later)).toMatchObject({ kind: "done" });
    await t.inbox.receive(incoming(flat)); // which bears both ids: two files become one
    expect(await t.worker.applyDelivery(idOf(flat), later)).toMatchObject({ kind: "applied" });
    const decisions = [
      danaya.CLIENT_FILE_STATUS_CHANGED(file),
      danaya.CLIENT_FILE_STATUS_CHANGED(file, {
        timestamp: minutesAfter(file, 90),
        payload: { id: file.number, status: "REJETER" },
      }),
    ]; // the second takes the first one back, which the audit is told
    for (const body of decisions) {
      await t.inbox.receive(incoming(body));
      expect(await t.worker.applyDelivery(idOf(body), later)).toMatchObject({ kind: "applied" });
    }
    await t.worker.recordDeliveryAttempt(idOf(flat), { code: "INTERNAL", frames: [] });
    await t.worker.sweep.announceQuarantined(NOW, 10);
    const {
      wakeUps: [told],
    } = await t.worker.sweep.overdue("notifications", page);
    if (!told) throw new Error("nobody is told");
    await t.worker.sweep.raiseEpoch("notifications", told);

    const loaded = await t.notifier.loadNotification(told.id, told.epoch + 1);
    expect(loaded).toMatchObject({ kind: "send", notification: { subscriber: { secret: subscriber.secret } } });
    const attempt = { startedAt: NOW, latencyMs: 1, httpStatus: 200, code: null, outcome: "delivered" } as const;
    await t.notifier.recordNotificationAttempt({ id: told.id, epoch: told.epoch + 1 }, attempt);

    const {
      items: [found],
    } = await t.ops.clientFiles.list({ fileUuid: file.uuid, limit: 1 });
    if (!found) throw new Error("the file is not listed");
    expect(await t.ops.clientFiles.get(found.id)).toMatchObject({ id: found.id });
    await t.ops.clientFiles.refold(found.id, { ...by, now: NOW });
    await t.ops.clientFiles.register(
      { companyId: "123", fileUuid: "known-first", externalId: null },
      { ...by, now: NOW },
    );
    const [id = ""] = bodies.map(idOf);
    expect(await t.ops.deliveries.reveal(id, by.actor, by.reason)).toEqual(bytesOf(bodies[0] ?? {}));
    expect(await t.ops.deliveries.get(id)).toMatchObject({ id });
    await t.ops.deliveries.dryRunReplay({ id }, NOW);
    await t.inbox.receive(incoming(danaya.ANALYSIS_RESULT(inventFile("observed"), { payload: { fresh: 1 } })));
    const { drift } = await t.ops.deliveries.foretellPending({ limit: 10 }, NOW);
    for (let times = 0; times < 2; times += 1) await t.worker.drift.record(drift);
    expect((await t.ops.drift.list({ limit: 10 })).items).toMatchObject([{ name: "payload.fresh", count: 2 }]);
    await t.ops.deliveries.replay({ id }, by);
    await t.ops.notifications.redeliver(told.id, { ...by, now: NOW });
    await t.ops.subscribers.update(subscriber.id, { name: "t" }, { ...by, now: NOW });
    await t.ops.pauses.pause("ANALYSIS_RESULT", by.actor, by.reason);
    expect(await t.worker.pauses.list()).toEqual(["ANALYSIS_RESULT"]);
    await t.ops.pauses.resume("ANALYSIS_RESULT", by.actor, by.reason);
    await t.ops.statusMap.replace((await t.ops.statusMap.current()).entries, by);
    const asked = { ...by, now: NOW };
    expect(await t.ops.erasure.hold(found.id, asked)).toMatchObject({ clientFileId: found.id });
    expect(await t.ops.erasure.liftHold(found.id, asked)).toMatchObject({ clientFileId: found.id });
    expect(await t.ops.erasure.closeRelationship(found.id, { ...asked, closedAt: NOW })).toMatchObject({
      clientFileId: found.id,
    });
    await t.ops.sealing.resealDataKeys({ after: "", limit: 10 });
    await t.ops.sealing.wrapBodies({ after: "", limit: 10 }, NOW);
    const inTwentyYears = { policy: defaultRetention, by, now: new Date("2046-11-22T12:00:00Z") };
    expect(await t.worker.retention.run(inTwentyYears)).toMatchObject({ finished: true, erased: { files: 1 } });
    expect(await t.ops.retention.run(inTwentyYears)).toMatchObject({ finished: true });
    expect(await t.ops.erasure.eraseFile(found.id, asked)).toMatchObject({ kind: "already-erased" });
    const askedAt = NOW;
    await t.ops.lookUps.record(
      { companyId: "123", fileUuid: file.uuid, askedAt, body: Buffer.from('{"id":1,"status":"VALIDER"}') },
      NOW,
    );
    await t.ops.subscribers.remove(subscriber.id, { ...by, now: NOW });
    const session = { tokenDigest: "d", userName: "awa", credentialMac: "m" };
    await t.ops.sessions.begin(session, { now: NOW, endsAt: later, replaces: null });
    expect(await t.ops.sessions.see("d", { now: NOW, idleSince: new Date(0) })).toEqual(session);
    await t.ops.credentials.create(
      { name: "core", companyIds: ["123"], scopes: ["state:read"], secretDigest: "d", expiresAt: later },
      { ...by, now: NOW },
    );
    const { items } = await t.ops.audit.list({ limit: 50 });
    expect(items.length).toBeGreaterThan(9);
    expect(items).toContainEqual(expect.objectContaining({ action: "decision.reversed" }));
    for (const ledger of [t.worker, t.notifier, t.ops]) await ledger.expectSchema();
  });
});
