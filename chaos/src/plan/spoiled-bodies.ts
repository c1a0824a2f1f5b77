import type { Random } from "@receiver/simulation";

/** JSON that no contract accepts, each for a reason of its own. */
const unusable: readonly [Unusable, ...Unusable[]] = [
  (random) => ({ ...envelope(random), messageType: "DOCUMENT_EXPIRING", payload: { id: random.whole(1, 1e9) } }),
  (random) => ({ ...envelope(random), messageType: "ANALYSIS_RESULT", payload: { status: "ANALYZED" } }),
  (random) => ({
    ...envelope(random),
    messageType: "CLIENT_FILE_STATUS_CHANGED",
    payload: { id: true, status: "VALIDER" },
  }),
  (random) => [random.uuid()],
];
type Unusable = (random: Random) => unknown;

/** Bodies that must not be applied; no two are alike. */
export const spoiledBodies = {
  quarantined: (random: Random): Uint8Array => Buffer.from(JSON.stringify(random.pick(unusable)(random))),
  refused: (random: Random): Uint8Array => Buffer.from(`{"webhookId": "${random.uuid()}", "payload": {`),
};

const envelope = (random: Random) => ({ webhookId: random.uuid(), companyId: 123, timestamp: "2025-09-30T12:00:00Z" });
