import { type Claim, claimsIn, fold, type Node, type StatusMap } from "@receiver/client-file";
import type { Flag, State } from "@receiver/contracts";
import { type ClientFileEvent, dayInAbidjan } from "@receiver/events";
import { eventsBearing, eventsOf, readEvents } from "../apply/events.ts";
import { nodesOf } from "../apply/lock-keys.ts";
import { resolveFile } from "../queries/client-file-details.ts";
import { deliveriesOf, type FileDelivery } from "../queries/client-file-records.ts";
import type { Rules } from "../rules.ts";
import { currentStatusMap } from "../status-map.ts";
import type { LedgerDatabase } from "../transaction.ts";
import type { Pair } from "./lock-target.ts";

type Said<T> = Omit<T, "occurredAt"> & { occurredAt: string };

/** Who says that two ids are one file; an operator's word among it. */
type TiedBy = Said<Pick<ClientFileEvent, "eventId" | "source" | "occurredAt">>;

/** `parted`: an operator's last word is that they are not. `byExternalId`: nothing ties them but one externalId, borne by both. */
export type Tie = Pair & { tiedBy: TiedBy[]; parted: boolean; byExternalId: string | null };

/** What is told under one id alone: the file that it would be if it were tied to no other. */
export type Side = {
  space: Node["space"];
  id: string;
  /** Which file holds the id now. */
  clientFileId: string | null;
  /** Null: the id was only ever seen beside another one. */
  story: Story | null;
};
type Story = {
  state: State;
  flags: Flag[];
  externalId: string | null;
  path: { from: State; to: State; occurredAt: string; cause: string }[];
  documentTypes: string[];
  deliveries: FileDelivery[];
};

export type Conflict = {
  clientFileId: string;
  version: number;
  state: State;
  flagged: boolean;
  /** Who names which state, in fold order. */
  claims: Said<Claim>[];
  ties: Tie[];
  sides: Side[];
};

/** An id that many others claim is told by the first of them: a person can't read more side by side. */
const SIDES_MAX = 6;

/** What contradicts what in a file, and each side's story; of a file without a contradiction, what it was joined from. Null: no such file. */
export async function readConflict(db: LedgerDatabase, rules: Rules, id: string, now: Date): Promise<Conflict | null> {
  const row = await resolveFile(db, id);
  if (!row?.view) return null;
  const file = { companyId: row.company_id, fileUuid: row.file_uuid, fileNumber: row.file_number };
  const { entries } = await currentStatusMap(db);
  const tiesAt = async (nodes: readonly Node[]) =>
    tiesIn(await readEvents(db, eventsBearing(bearing(file.companyId, nodes))), file, row.external_id);
  const own = await tiesAt(nodesOf(file));
  // What contradicts a link of the file's may stand at the other end of it: then both have the flag, and neither holds that id.
  const near = nodesInTies(file, own);
  const ties = [...own, ...(await tiesAt(near)).filter((tie) => !own.some(isSamePair(tie)))];
  const tell = { db, rules, now, entries, companyId: file.companyId };
  const nodes = nodesInTies(file, ties);
  return {
    clientFileId: row.id,
    version: row.version,
    state: row.view.state,
    flagged: row.flags.includes("conflict"),
    claims: claimsIn(await readEvents(db, eventsOf(file)), entries).map(withIsoTime),
    ties,
    sides: await Promise.all(nodes.map((node) => tellSide(node, tell))),
  };
}

const nodesInTies = (file: FileIds, ties: readonly Tie[]): Node[] =>
  distinct([...nodesOf(file), ...ties.flatMap(nodesOf)]).slice(0, SIDES_MAX);

const isSamePair =
  (one: Pair) =>
  (other: Pair): boolean =>
    one.fileUuid === other.fileUuid && one.fileNumber === other.fileNumber;

type FileIds = { companyId: string; fileUuid: string | null; fileNumber: string | null };

function tiesIn(events: readonly ClientFileEvent[], file: FileIds, externalId: string | null): Tie[] {
  const both = events.filter(({ fileUuid, fileNumber }) => fileUuid !== null && fileNumber !== null);
  const pairs = Map.groupBy(both, ({ fileUuid, fileNumber }) => JSON.stringify([fileUuid, fileNumber]));
  const ties = [...pairs.values()].map(tieOf);
  const { fileUuid, fileNumber } = file;
  if (fileUuid === null || fileNumber === null) return ties;
  const isTold = ties.some((tie) => tie.fileUuid === fileUuid && tie.fileNumber === fileNumber);
  return isTold ? ties : [{ fileUuid, fileNumber, tiedBy: [], parted: false, byExternalId: externalId }, ...ties];
}

function tieOf(events: readonly ClientFileEvent[]): Tie {
  const inOrder = events.toSorted((a, b) => a.occurredAt - b.occurredAt);
  const { fileUuid, fileNumber } = inOrder[0] as ClientFileEvent;
  const word = inOrder.findLast(({ source }) => source === "LINK" || source === "UNLINK");
  const tiedBy = inOrder.map(({ eventId, source, occurredAt }) => withIsoTime({ eventId, source, occurredAt }));
  const pair = { fileUuid: fileUuid as string, fileNumber: fileNumber as string };
  return { ...pair, tiedBy, parted: word?.source === "UNLINK", byExternalId: null };
}

type Telling = { db: LedgerDatabase; rules: Rules; now: Date; entries: StatusMap; companyId: string };

async function tellSide(node: Node, { companyId, ...telling }: Telling): Promise<Side> {
  const { db } = telling;
  const ids: FileIds = {
    companyId,
    fileUuid: node.space === "uuid" ? node.id : null,
    fileNumber: node.space === "number" ? node.id : null,
  };
  const holder = await db
    .selectFrom("client_files")
    .select("id")
    .where("company_id", "=", companyId)
    .where(node.space === "uuid" ? "file_uuid" : "file_number", "=", node.id)
    .executeTakeFirst();
  const events = await readEvents(db, eventsOf(ids));
  const story = events.length === 0 ? null : { ...tellStory(events, telling), deliveries: await deliveriesOf(db, ids) };
  return { ...node, clientFileId: holder?.id ?? null, story };
}

function tellStory(
  events: readonly ClientFileEvent[],
  { rules, now, entries }: Pick<Telling, "rules" | "now" | "entries">,
): Omit<Story, "deliveries"> {
  const { state, flags, externalId, path, documents } = fold(events, {
    statusMap: entries,
    confirm: rules.confirm,
    today: dayInAbidjan(now.getTime()),
    linksContradicted: false,
    escalatedByClock: [],
    stalledByClock: false,
    carried: [],
  });
  const steps = path.map(({ from, to, occurredAt, cause }) => withIsoTime({ from, to, occurredAt, cause }));
  return { state, flags, externalId, path: steps, documentTypes: documents.map(({ type }) => type ?? "unknown") };
}

const bearing = (companyId: string, nodes: readonly Node[]) => ({
  companyId,
  uuids: nodes.flatMap(({ space, id }) => (space === "uuid" ? [id] : [])),
  numbers: nodes.flatMap(({ space, id }) => (space === "number" ? [id] : [])),
});

const distinct = (nodes: readonly Node[]): Node[] => [
  ...new Map(nodes.map((node) => [JSON.stringify([node.space, node.id]), node])).values(),
];

const withIsoTime = <T extends { occurredAt: number }>(said: T): Omit<T, "occurredAt"> & { occurredAt: string } => ({
  ...said,
  occurredAt: new Date(said.occurredAt).toISOString(),
});
