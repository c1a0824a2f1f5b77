import { createDatabase, sealingKeys, startPostgres } from "@receiver/testing";
import { Pool } from "pg";
import { openInbox } from "../../src/inbox/index.ts";
import { migrate, openLedger } from "../../src/index.ts";
import { applyRoles, type Login } from "../../src/roles/index.ts";

const applicationName = "test";

export const logins: Login[] = [
  { name: "ingress", role: "receiver_ingress", password: "password-of-the-ingress" },
  { name: "worker", role: "receiver_worker", password: "password-of-the-workers" },
  { name: "notifier", role: "receiver_notifier", password: "password-of-the-notifier" },
  { name: "ops", role: "receiver_ops", password: "password-of-ops" },
];

/** A migrated database with the roles, and everybody logged in as himself. */
export async function openUnderRoles() {
  const database = await openMigrated();
  await applyRoles(database.url, logins);
  const poolOf = (name: string) => openPool(urlOf(database.url, name));
  const pools = Object.fromEntries(["owner", ...logins.map(({ name }) => name)].map((name) => [name, poolOf(name)]));
  const { masterKey } = await sealingKeys();
  const ledgerOf = (name: string) =>
    openLedger({
      databaseUrl: urlOf(database.url, name),
      applicationName,
      masterKeys: [masterKey],
      rules: { confirm: "never", lookUps: null },
    });
  const inbox = openInbox({ databaseUrl: urlOf(database.url, "ingress"), applicationName });
  const ledgers = { worker: ledgerOf("worker"), notifier: ledgerOf("notifier"), ops: ledgerOf("ops") };
  return {
    ownerUrl: database.url,
    inbox,
    ...ledgers,
    /** As the owner, to stay. */
    run: async (text: string) => void (await pools.owner?.query(text)),
    /** Runs one statement as a login, or as the owner; undone at once. @returns the rows, or the SQLSTATE. */
    attempt: async (name: string, text: string): Promise<object[] | string> => {
      const client = await pools[name]?.connect();
      try {
        await client?.query("begin");
        return (await client?.query(text))?.rows ?? [];
      } catch (thrown) {
        return (thrown as { code: string }).code;
      } finally {
        await client?.query("rollback");
        client?.release();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await Promise.all([inbox, ...Object.values(ledgers)].map((opened) => opened.close()));
      await database.drop();
    },
  };
}
export type UnderRoles = Awaited<ReturnType<typeof openUnderRoles>>;

/** Roles are the server's: one that outlives the tests gets none. */
async function openMigrated(): Promise<{ url: string; drop(): Promise<void> }> {
  if (!process.env.DATABASE_URL) return createDatabase();
  const server = await startPostgres();
  await migrate(server.url);
  return { url: server.url, drop: server.stop };
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 1 });
  pool.on("error", () => undefined); // dropping the database may overtake the end of a connection
  return pool;
}

function urlOf(ownerUrl: string, name: string): string {
  const login = logins.find((one) => one.name === name);
  if (login === undefined) return ownerUrl;
  const url = new URL(ownerUrl);
  url.username = name;
  url.password = login.password;
  return url.href;
}
