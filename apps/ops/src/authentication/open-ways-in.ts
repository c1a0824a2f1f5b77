import type { Ledger } from "@receiver/ledger";
import type { Logger, Metrics } from "@receiver/runtime";
import { type AdmitUser, createAdmitUser } from "./admit-user.ts";
import { createPasswordCheck } from "./check-password.ts";
import { createIdentify, type Identify } from "./identify.ts";
import { createIdentifyMachine } from "./identify-machine.ts";
import { createLockOut } from "./lock-out.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { User } from "./user-list.ts";

type Dependencies = {
  users: readonly User[];
  ledger: Pick<Ledger, "sessions" | "credentials">;
  logger: Logger;
  metrics: Metrics;
  now: () => Date;
};

/** Every way in, and the one that begins a session. */
type WaysIn = { identify: Identify; admitUser: AdmitUser; sessions: Sessions };

export async function openWaysIn({ users, ledger, logger, metrics, now }: Dependencies): Promise<WaysIn> {
  const checkPassword = await createPasswordCheck(users, () => logger.warn({ event: "password-refused" }));
  const passwords = metrics.counter({
    name: "receiver_ops_passwords_total",
    help: "Passwords that were sent to ops: right, wrong, or later, when too many were wrong to look at more",
    labels: ["outcome"],
  });
  const admitUser = createAdmitUser(checkPassword, createLockOut(now), (outcome) => passwords({ outcome }));
  const sessions = createSessions(users, { ledger, now });
  const identifyMachine = createIdentifyMachine(ledger, now);
  return { identify: createIdentify({ admitUser, identifyMachine, sessions }), admitUser, sessions };
}
