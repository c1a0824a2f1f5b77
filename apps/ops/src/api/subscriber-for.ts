import type { User } from "../authentication/user-list.ts";

/** The path or the query of a URL may be all that its receiver asks for: like in the audit, it is shown to nobody who may not change it. */
export function subscriberFor<S extends { url: string }>(user: User | null, subscriber: S): S {
  if (user?.role === "operator") return subscriber;
  return { ...subscriber, url: `${new URL(subscriber.url).origin}/…` };
}
