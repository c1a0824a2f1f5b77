import { type Ledger, openLedger } from "@receiver/ledger";
import { ConfigError, type NamedKey, publicKeyText, ReceiverError } from "@receiver/runtime";
import { createMasterKeys } from "@receiver/sealing";
import { keysCommand } from "./keys/command.ts";
import { describeSealed, type KnownVersions, lacksKeys, missingOf } from "./keys/describe-sealed.ts";
import { findMasterKeys } from "./keys/find-master-keys.ts";
import { newMasterKey, newVersion } from "./keys/new-master-key.ts";
import { type Rotated, rotateKeys } from "./keys/rotate-keys.ts";
import { CantReplay, findPipeline } from "./replay/find-pipeline.ts";

/** `npm run keys`: what bodies are encrypted with. */
const EXIT_INTERRUPTED = 130; // what shells report for a program ended by Ctrl-C
const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayAside = (line: string) => void process.stderr.write(`${line}\n`);

type OnLedger = (ledger: Ledger, versions: KnownVersions) => Promise<number>;

const command = keysCommand(
  {
    generate: (version) => say(newMasterKey(version)),
    printPublic: async () => say(publicKeyText(await createMasterKeys(expectKeys()).publicKey())),
    status: (json) => onLedger(async (ledger, versions) => tellStatus(ledger, versions, json)),
    rotate: async () => {
      expectKeys();
      await onLedger(rotate);
    },
  },
  newVersion(new Date().toISOString().slice(0, 10)),
);
try {
  await command.parseAsync(process.argv);
} catch (thrown) {
  if (!(thrown instanceof ReceiverError || thrown instanceof CantReplay)) throw thrown;
  sayAside(`keys: ${thrown instanceof ConfigError ? thrown.describe() : thrown.message}`);
  process.exitCode = 1;
}

function expectKeys(): [NamedKey, ...NamedKey[]] {
  const keys = findMasterKeys(process.env);
  if (keys === null) throw new CantReplay("no master key: set MASTER_KEYS or MASTER_KEYS_FILE, or start the pipeline");
  return keys;
}

async function onLedger(work: OnLedger): Promise<void> {
  const pipeline = findPipeline(process.env);
  sayAside(`on ${pipeline.description}`);
  const ledger = openLedger({ ...pipeline, applicationName: "keys", poolSize: 2 });
  const known = pipeline.masterKeys?.map(({ version }) => version) ?? [];
  try {
    await ledger.expectSchema();
    process.exitCode = await work(ledger, { current: known[0] ?? null, known });
  } finally {
    await ledger.close();
  }
}

async function tellStatus({ sealing }: Ledger, versions: KnownVersions, json: boolean): Promise<number> {
  const sealed = await sealing.count();
  if (json) say(JSON.stringify({ ...versions, missing: missingOf(sealed, versions), ...sealed }));
  else for (const line of describeSealed(sealed, versions)) say(line);
  return lacksKeys(sealed, versions) ? 1 : 0;
}

async function rotate(ledger: Ledger, versions: KnownVersions): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const progress = (rotated: Rotated) => sayAside(`  ${textOf(rotated)}`);
  const rotated = await rotateKeys({ ledger, signal: interrupted.signal, progress });
  say(`sealed anew: ${textOf(rotated)}`);
  for (const { what, id, code } of rotated.failing) say(`  ${what} ${id} ${code}`);
  if (rotated.interrupted) return EXIT_INTERRUPTED;
  const status = await tellStatus(ledger, versions, false);
  return rotated.failing.length > 0 ? 1 : status;
}

function textOf({ dataKeys, bodies, failing }: Rotated): string {
  const failed = failing.length > 0 ? `, ${failing.length} can't be opened` : "";
  return `${dataKeys} data keys, ${bodies} bodies${failed}`;
}
