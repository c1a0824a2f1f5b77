import type { IncomingHttpHeaders } from "node:http";
import { networkOf } from "@receiver/runtime";
import type { AdmitUser } from "./admit-user.ts";
import { type Credentials, readBasicCredentials } from "./basic-credentials.ts";
import type { IdentifyMachine } from "./identify-machine.ts";
import type { Machine } from "./scopes.ts";
import type { Sessions } from "./sessions.ts";
import type { User } from "./user-list.ts";

/**
 * Who sends a request, and what shows it. `refused`: it bears credentials, but not right ones. `later`: too many were wrong, so
 * these were not looked at.
 */
export type Identity =
  | { kind: "known"; user: User; by: "password" | "session" }
  | { kind: "machine"; machine: Machine }
  | { kind: "refused" }
  | { kind: "later"; retryAfterSeconds: number }
  | { kind: "nobody" };

type Sender = { headers: IncomingHttpHeaders; session: string | undefined; address: string };
export type Identify = (sender: Sender) => Promise<Identity>;

type Ways = { admitUser: AdmitUser; identifyMachine: IdentifyMachine; sessions: Pick<Sessions, "read"> };

export function createIdentify({ admitUser, identifyMachine, sessions }: Ways): Identify {
  const bySession = async (token: string | undefined): Promise<Identity> => {
    const user = token === undefined ? null : await sessions.read(token);
    return user ? { kind: "known", user, by: "session" } : { kind: "nobody" };
  };
  const byCredential = async (header: string): Promise<Identity> => {
    const machine = await identifyMachine(header);
    return machine ? { kind: "machine", machine } : { kind: "refused" };
  };
  const byPassword = async (credentials: Credentials, network: string): Promise<Identity> => {
    const admission = await admitUser({ ...credentials, network });
    if (admission.kind === "right") return { kind: "known", user: admission.user, by: "password" };
    return admission.kind === "later" ? admission : { kind: "refused" };
  };

  return async ({ headers: { authorization }, session, address }) => {
    if (authorization === undefined) return bySession(session);
    const credentials = readBasicCredentials(authorization);
    return credentials === null ? byCredential(authorization) : byPassword(credentials, networkOf(address));
  };
}
