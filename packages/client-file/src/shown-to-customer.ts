import type { ClientFileEvent, EventVerification } from "@receiver/events";
import { isRetry } from "./reading.ts";
import { retryPolicyFor } from "./retry-policy.ts";

/**
 * The events as a customer may know them: a file folded from these shows nothing that a check he isn't asked about brought
 * about, neither a counter nor a state nor a flag. PEP, sanction and media results that reached him would tip him off.
 */
export function shownToCustomer(events: readonly ClientFileEvent[]): ClientFileEvent[] {
  return events.map((event) => {
    const verifications = event.verifications.filter((result) => !isHidden(result));
    const onlyHidden = event.source === "RETRY" && event.verifications.some(isRetry) && !verifications.some(isRetry);
    // What is left of such an event are its ids: like an upload's message, it makes the file known and moves nothing.
    return onlyHidden
      ? { ...event, source: "UPLOAD", status: null, score: null, errorCodes: [], verifications: [] }
      : { ...event, verifications };
  });
}

const isHidden = (result: EventVerification): boolean =>
  isRetry(result) && retryPolicyFor(result.verification).audience !== "customer";
