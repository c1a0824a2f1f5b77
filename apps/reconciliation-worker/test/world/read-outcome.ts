import { notificationBody, type State } from "@receiver/contracts";
import { queryPostgres } from "@receiver/local-services";

/** A file as it stands in the ledger at the end. */
export type StoredFile = {
  file_uuid: string | null;
  file_number: string | null;
  state: State;
  released_state: State | null;
  flags: string[];
};

/** A state that subscribers were told anew, under the id of the notification. */
export type Told = {
  id: string;
  subscriber: string;
  fileUuid: string | null;
  fileNumber: string | null;
  state: State;
  entered: boolean;
  confirmed: boolean;
  at: number;
};

export type Outcome = { files: StoredFile[]; told: Told[] };

/** Read directly, since it is what others would read that is judged. */
export async function readOutcome(databaseUrl: string): Promise<Outcome> {
  const files = await queryPostgres(
    databaseUrl,
    "select file_uuid, file_number, state, released_state, flags from client_files where merged_into is null",
  );
  const rows = await queryPostgres(
    databaseUrl,
    "select id, subscriber_id, body from notifications order by created_at, version, id",
  );
  return {
    files: files as StoredFile[],
    told: (rows as { id: string; subscriber_id: string; body: string }[]).flatMap(toldIn),
  };
}

function toldIn({ id, subscriber_id, body }: { id: string; subscriber_id: string; body: string }): Told[] {
  const { data, timestamp } = notificationBody.parse(JSON.parse(body));
  if (!("state" in data)) return [];
  const { fileUuid, fileNumber, state, previousState, confirmed } = data;
  const entered = state !== previousState;
  return [
    { id, subscriber: subscriber_id, fileUuid, fileNumber, state, entered, confirmed, at: Date.parse(timestamp) },
  ];
}
