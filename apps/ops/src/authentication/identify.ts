import type { IncomingHttpHeaders } from "node:http";
import { readBasicCredentials } from "./basic-credentials.ts";
import type { PasswordCheck } from "./check-password.ts";
import type { Sessions } from "./sessions.ts";
import type { User } from "./user-list.ts";

/** Who sends a request, and what shows it. `refused`: it bears a name and password, but not right ones. */
export type Identity =
  | { kind: "known"; user: User; by: "password" | "session" }
  | { kind: "refused" }
  | { kind: "nobody" };

export type Identify = (request: { headers: IncomingHttpHeaders; session: string | undefined }) => Promise<Identity>;

export function createIdentify(checkPassword: PasswordCheck, sessions: Sessions): Identify {
  return async ({ headers, session }) => {
    if (headers.authorization !== undefined) {
      const credentials = readBasicCredentials(headers.authorization);
      const user = credentials && (await checkPassword(credentials.name, credentials.password));
      return user ? { kind: "known", user, by: "password" } : { kind: "refused" };
    }
    const user = session === undefined ? null : sessions.read(session);
    return user ? { kind: "known", user, by: "session" } : { kind: "nobody" };
  };
}
