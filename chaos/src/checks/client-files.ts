import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type ClientFileView, defaultStatusMap, fold } from "@receiver/client-file";
import { classify } from "@receiver/contracts";
import { type ClientFileEvent, extractEvent } from "@receiver/events";
import type { Story } from "@receiver/simulation";
import { type Check, type Evidence, noRows } from "./check.ts";
import { openBodies } from "./open-bodies.ts";

type Row = { id: string; file_uuid: string | null; file_number: string | null; state: string; view: ClientFileView };

const CURRENT = "select id, file_uuid, file_number, state, view from client_files where merged_into is null";

/** One file per story, under both of its ids, where the story's plot says that it ends. */
export const statesOfStories: Check = async ({ query, traffic }) => {
  const rows = await query<Row>(CURRENT);
  const byUuid = new Map(rows.map((row) => [row.file_uuid, row]));
  const wrong = traffic.stories.flatMap((story) => {
    const { file_number: fileNumber, state } = byUuid.get(story.fileUuid) ?? { file_number: "none", state: "no file" };
    const number = story.deliveries.length > 1 ? story.fileNumber : null;
    const isRight = state === story.ends && fileNumber === number;
    return isRight ? [] : [`${nameOf(story)}: ${state} of number ${fileNumber} instead of ${story.ends} of ${number}`];
  });
  const spare = rows.length - traffic.stories.length;
  return spare === 0 ? wrong : [...wrong, `${rows.length} files of ${traffic.stories.length} stories`];
};

const nameOf = (story: Story): string => `${story.fileUuid} (${story.plot})`;

/** Each file as its row has it equals the pure fold of what its stored bodies say, in whatever order they came. */
export const statesOfFold: Check = async (evidence) => {
  const rows = await evidence.query<Row>(CURRENT);
  const events = await eventsInBodies(evidence);
  const byNumber = Map.groupBy(events, ({ fileNumber }) => fileNumber);
  const byUuid = Map.groupBy(
    events.filter(({ fileNumber }) => fileNumber === null),
    ({ fileUuid }) => fileUuid,
  );
  return rows.flatMap((row) => {
    const numbered = row.file_number === null ? [] : (byNumber.get(row.file_number) ?? []);
    const own = [...numbered, ...(byUuid.get(row.file_uuid) ?? [])];
    const folded = own.length === 0 ? null : comparable(fold(own, { ...context, today: "2025-10-01" }));
    return isDeepStrictEqual(folded, comparable(row.view))
      ? []
      : [`${row.id}: not the fold of its ${own.length} events`];
  });
};

const context = {
  statusMap: defaultStatusMap,
  confirm: "never",
  linksContradicted: false,
  escalatedByClock: [],
  stalledByClock: false,
  carried: [], // each story has an externalId of its own
} as const;

/** What no clock has a part in: flags and documents depend on the day. */
const comparable = ({ state, path, retries, score, openedAt, lastEventAt }: ClientFileView) =>
  JSON.parse(JSON.stringify({ state, path, retries, score, openedAt, lastEventAt })) as unknown;

async function eventsInBodies(evidence: Evidence): Promise<ClientFileEvent[]> {
  return (await openBodies(evidence)).flatMap(({ id, receivedAt, body }) => {
    if (body === null) return [];
    const found = classify(body);
    if (found.kind !== "message") return [];
    // Stories never say the same twice at two times: which payloads are equal matters to nobody here.
    const payloadDigest = createHash("sha256").update(body).digest("hex");
    return [extractEvent(found.message, { eventId: id, payloadDigest, receivedAt: receivedAt.getTime() })];
  });
}

/** Without the version: a second application would write the same step under another one. */
export const stepsOnce = noRows(
  `select concat(client_file_id, ' from ', from_state, ' to ', to_state, ' by ', cause) as what from transitions
    group by client_file_id, from_state, to_state, cause having count(*) > 1`,
);
