import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OwnPostgres, selfSigned, startPostgres } from "@receiver/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger } from "../src/index.ts";

const [own, other] = [selfSigned(), selfSigned()];

let server: OwnPostgres;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "receiver-postgres-tls-"));
  await writeFile(join(folder, "own.pem"), own.cert);
  await writeFile(join(folder, "other.pem"), other.cert);
  server = await startPostgres();
  await server.run(fileOfServer("server.crt", own.cert));
  await server.run(fileOfServer("server.key", own.key));
  await server.configure({ ssl: "on" });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Written by the server, whom a key must belong to, into its own folder. */
const fileOfServer = (name: string, pem: string): string =>
  `copy (select unnest(string_to_array('${pem.trim()}', chr(10)))) to program 'umask 077 && cat > ${name}'`;

/** What becomes of a connection to `host`, where the URL names this authority. */
async function connect(host: string, authority: string | null): Promise<string> {
  const url = new URL(server.url);
  url.hostname = host;
  url.searchParams.set("sslmode", "verify-full");
  if (authority !== null) url.searchParams.set("sslrootcert", join(folder, authority));
  const ledger = openLedger({ databaseUrl: url.href, applicationName: "test" });
  try {
    return await ledger.check().then(
      () => "connected",
      ({ code }: { code: string }) => code,
    );
  } finally {
    await ledger.close();
  }
}

describe("a DATABASE_URL with sslmode=verify-full", () => {
  test("connects over TLS to the server that its authority vouches for", async () => {
    expect(await connect("localhost", "own.pem")).toBe("SCHEMA_BEHIND"); // an answer: nothing was migrated
  });

  test.each([
    ["by another authority", "localhost", "other.pem"],
    ["by nobody who is known", "localhost", null],
    ["under another name", "127.0.0.1", "own.pem"],
  ])("sends nothing, the password least of all, to a server that is vouched for %s", async (_how, host, authority) => {
    expect(await connect(host, authority)).toBe("DATABASE_UNAVAILABLE"); // an outage: the ingress spools meanwhile
  });
});
