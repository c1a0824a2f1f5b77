import { createMasterKeys, isEnvelope, openUnder, readEnvelope } from "@receiver/sealing";
import type { Evidence } from "./check.ts";

type Row = { id: string; received_at: Date; body: Buffer; key: KeyRow | null };
type KeyRow = {
  id: string;
  company_id: string | null;
  home_space: string;
  home_id: string;
  delivery_id: string | null;
  sealed_key: string;
  master_version: string;
};

/** `body` is null where it can't be opened as the body of this delivery. */
export type OpenedBody = { id: string; receivedAt: Date; body: Buffer | null };

const BODIES = `select d.id, d.received_at, b.body,
    case when k.id is not null then
      to_jsonb(k) - 'sealed_key' || jsonb_build_object('sealed_key', encode(k.sealed_key, 'base64')) end as key
  from deliveries d join delivery_bodies b on b.delivery_id = d.id left join data_keys k on k.id = b.data_key_id`;

/** Every stored body as it was sent, opened past the product. */
export async function openBodies({ query, masterKey }: Pick<Evidence, "query" | "masterKey">): Promise<OpenedBody[]> {
  const masterKeys = createMasterKeys([masterKey]);
  const rows = await query<Row>(BODIES);
  const open = async ({ id, body, key }: Row): Promise<Buffer> => {
    const envelope = readEnvelope(body);
    if (envelope === null || !isEnvelope(body)) throw new Error("not sealed");
    if (key === null) return masterKeys.openIntake(envelope, id);
    const stored = { id: key.id, owner: ownerOf(key), masterVersion: key.master_version };
    const dataKey = masterKeys.openDataKey({ ...stored, sealed: Buffer.from(key.sealed_key, "base64") });
    return openUnder(dataKey, envelope, id);
  };
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      receivedAt: row.received_at,
      body: await open(row).catch(() => null),
    })),
  );
}

const ownerOf = ({ company_id, home_space, home_id, delivery_id }: KeyRow): string =>
  JSON.stringify(delivery_id === null ? [company_id, home_space, home_id] : ["delivery", delivery_id]);
