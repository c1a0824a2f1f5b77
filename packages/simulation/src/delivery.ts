/** One `POST`: its body as it will be sent, and what names it to people. */
export type Delivery = {
  name: string;
  /** Milliseconds since 1970, from its timestamp; null where it has none that can be read. */
  occurredAt: number | null;
  body: Uint8Array;
};
