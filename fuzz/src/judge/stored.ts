import { createHash } from "node:crypto";
import { type Classification, classify } from "@receiver/contracts";

/** What is known of a body that was answered 2xx. Whether it is a message the contract says, not the product. */
export type Stored = { id: string; digest: string; isMessage: boolean };

/** How the ledger names these bytes, a delivery's id being the beginning of its digest, and what the contract says of them. */
export function storedAs(body: Buffer): { id: string; digest: string; is: Classification } {
  const digest = createHash("sha256").update(body).digest("hex");
  return { id: digest.slice(0, 40), digest, is: classify(body) };
}
