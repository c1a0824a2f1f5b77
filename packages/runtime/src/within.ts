import { ReceiverError } from "./errors/receiver-error.ts";

const checkTimedOut = (): Error => new ReceiverError("CHECK_TIMED_OUT");

/**
 * What `work` gives.
 *
 * @param late makes what is thrown when it has not settled after `limitMs`: CHECK_TIMED_OUT unless given. The work itself
 * goes on; what becomes of it then is nobody's concern here.
 */
export async function within<T>(limitMs: number, work: () => Promise<T> | T, late = checkTimedOut): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), limitMs);
  try {
    return await Promise.race([work(), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
