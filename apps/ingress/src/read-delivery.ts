import { type Classification, classify, type Message, type Problem } from "@receiver/contracts";
import { deliveryIdOf, type IncomingDelivery } from "@receiver/ledger/inbox";

/** A body as this process understands it. `message` is null where there is none that could be applied. */
export type ReadDelivery = {
  kind: "read";
  delivery: IncomingDelivery;
  message: Pick<Message, "type" | "companyId"> | null;
};

/**
 * Reads a body that is JSON.
 *
 * @param allowedCompanyIds null: those of any company
 */
export function readDelivery(
  body: Uint8Array,
  { receivedAt, receiptId }: Pick<IncomingDelivery, "receivedAt" | "receiptId">,
  allowedCompanyIds: ReadonlySet<string> | null,
): ReadDelivery | Extract<Classification, { kind: "not-json" }> {
  const found = classify(body);
  if (found.kind === "not-json") return found;
  const isMessage = found.kind === "message";
  const { type, companyId } = isMessage ? found.message : found;
  const problems = isMessage ? foreignCompany(found.message, allowedCompanyIds) : found.problems;
  const message = isMessage ? found.message : null;
  const id = deliveryIdOf(body);
  return { kind: "read", delivery: { id, body, type, companyId, receivedAt, receiptId, problems }, message };
}

/** The path is where each form bears its account. */
function foreignCompany({ type, companyId }: Message, allowed: ReadonlySet<string> | null): Problem[] {
  if (allowed === null || allowed.has(companyId)) return [];
  const path = type === "FLAT_CLIENT_FILE" ? "company.id" : "companyId";
  return [{ path, message: "must be one of ALLOWED_COMPANY_IDS: add the company there, then replay the delivery" }];
}
