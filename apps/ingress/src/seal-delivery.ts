import type { SealBody } from "@receiver/sealing";
import type { ReadDelivery } from "./read-delivery.ts";

/** The same delivery, its body sealed as the body of this one. */
export async function sealDelivery(read: ReadDelivery, seal: SealBody | null): Promise<ReadDelivery> {
  if (seal === null) return read;
  const { delivery } = read;
  return { ...read, delivery: { ...delivery, body: await seal(delivery.body, delivery.id) } };
}
