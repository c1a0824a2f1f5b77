import { ReceiverError } from "../errors/receiver-error.ts";

/** What `work` gives. @throws ReceiverError CHECK_TIMED_OUT when it has not settled after `limitMs`; the work itself goes on. */
export async function within<T>(limitMs: number, work: () => Promise<T> | T): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ReceiverError("CHECK_TIMED_OUT")), limitMs);
  try {
    return await Promise.race([work(), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
