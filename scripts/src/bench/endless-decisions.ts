import { randomUUID } from "node:crypto";

const FIRST_NUMBER = 100_000;

/** Decisions on files that nobody told of before, each another one: what is sent twice costs less. */
export function endlessDecisions(now: Date): () => string {
  const timestamp = now.toISOString();
  let number = FIRST_NUMBER;
  return () => {
    number += 1;
    return JSON.stringify({
      webhookId: randomUUID(),
      companyId: 123,
      messageType: "CLIENT_FILE_STATUS_CHANGED",
      timestamp,
      payload: { id: number, status: "VALIDER", score: 0.94 },
    });
  };
}
