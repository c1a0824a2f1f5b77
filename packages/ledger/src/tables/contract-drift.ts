/**
 * What the provider sends and the contract doesn't know, by name: docs/first-days.md. Bounded: of one kind and type a hundred names,
 * the others are one. Kept apart from deliveries, which may be erased: `first_delivery_id` is an example.
 */
export interface ContractDriftTable {
  kind: string;
  message_type: string;
  name: string;
  first_seen_at: Date;
  last_seen_at: Date;
  /** Of deliveries, a bigint. */
  count: string;
  first_delivery_id: string;
}
