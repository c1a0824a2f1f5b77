import type { Logger, Metrics } from "@receiver/runtime";
import type { CheckName } from "./checks/request-check.ts";
import { type RefusalCode, refusals } from "./refusals.ts";
import { createTally, type Tally } from "./tally.ts";

/** What goes wrong by the thousand when it goes wrong: counted each time, logged by code at most once in ten seconds. */
export type Report = {
  refused(code: RefusalCode): void;
  /** Why a request was unauthorised, which its sender isn't told. */
  checkFailed(check: CheckName): void;
  /** A connection was ended to make room, without an answer. */
  connectionEnded(): void;
  /** Why a delivery could not be stored; its answer is counted by `refused`. */
  notStored(err: unknown): void;
  /** Writes what was counted and not yet logged. */
  flush(): void;
};

export function createReport(logger: Logger, metrics: Metrics): Report {
  const count = metrics.counter({
    name: "receiver_ingress_refusals_total",
    help: "Requests that were not taken, by the code of their answer",
    labels: ["code"],
  });
  const countCheck = metrics.counter({
    name: "receiver_ingress_checks_failed_total",
    help: "Requests that were not authorised, by the check that did not hold; one request may be counted by several",
    labels: ["check"],
  });
  const countEnded = metrics.counter({
    name: "receiver_ingress_connections_ended_total",
    help: "Connections without a valid request that were ended because there were too many",
    labels: [],
  });
  const refused = tallyEach((code: RefusalCode, total) =>
    logger[refusals[code].level]({ event: "request-refused", code, count: total }),
  );
  const checksFailed = tallyEach((check: CheckName, total) =>
    logger.warn({ event: "check-failed", check, count: total }),
  );
  const ended = createTally((_none: null, total) => logger.warn({ event: "connections-ended", count: total }));
  const notStored = createTally((err: unknown, total) =>
    logger.error({ event: "delivery-not-stored", err, count: total }),
  );
  return {
    refused: (code) => {
      count({ code });
      refused.note(code);
    },
    checkFailed: (check) => {
      countCheck({ check });
      checksFailed.note(check);
    },
    connectionEnded: () => {
      countEnded({});
      ended.note(null);
    },
    notStored: notStored.note,
    flush: () => {
      for (const tally of [refused, checksFailed, ended, notStored]) tally.flush();
    },
  };
}

/** A tally of each of them by itself, so that a flood of one doesn't hide another. */
function tallyEach<T>(write: (what: T, count: number) => void): Tally<T> {
  const tallies = new Map<T, Tally<T>>();
  const tallyOf = (what: T): Tally<T> => {
    const tally = tallies.get(what) ?? createTally(write);
    tallies.set(what, tally);
    return tally;
  };
  return {
    note: (what) => tallyOf(what).note(what),
    flush: () => {
      for (const tally of tallies.values()) tally.flush();
    },
  };
}
