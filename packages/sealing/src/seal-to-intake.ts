import type { KeyObject } from "node:crypto";
import type { NamedKey } from "@receiver/runtime";
import { encapsulate } from "./encapsulate.ts";
import { encrypt } from "./encrypt.ts";
import { boundTo, headOf } from "./envelope.ts";

/** Seals a body so that only the holder of the private key can open it, as the body of this delivery and no other. */
export type SealBody = (body: Uint8Array, deliveryId: string) => Promise<Uint8Array>;

/**
 * An encapsulation costs half a millisecond, the rest a hundredth of it. So the bodies of one second share one; whoever takes the
 * process' memory can open what it sealed in that second, and nothing before it.
 */
const SHARED_FOR_MS = 1_000;

export function createIntakeSeal({ version, key: publicKey }: NamedKey): SealBody {
  type Shared = { until: number; made: Promise<{ key: KeyObject; head: Buffer }> };
  let shared: Shared | null = null;

  const make = async () => {
    const { key, enc } = await encapsulate(publicKey);
    return { key, head: headOf("intake", version, enc) };
  };
  /** Whatever is shared by then in its place stays. */
  const forget = (fresh: Shared) => {
    if (shared === fresh) shared = null;
  };
  const share = (): Shared => {
    const fresh = { until: performance.now() + SHARED_FOR_MS, made: make() };
    fresh.made.catch(() => forget(fresh));
    setTimeout(forget, SHARED_FOR_MS, fresh).unref(); // the next body may come in an hour
    return fresh;
  };
  const current = () => {
    // Under load a timer is late.
    if (shared === null || performance.now() >= shared.until) shared = share();
    return shared.made;
  };
  return async (body, deliveryId) => {
    const { key, head } = await current();
    return Buffer.concat([head, encrypt(key, body, boundTo(head, deliveryId))]);
  };
}
