import type { Logger, Metrics } from "@receiver/runtime";
import { type RefusalCode, refusals } from "./refusals.ts";
import { createTally, type Tally } from "./tally.ts";

/** What goes wrong by the thousand when it goes wrong: counted each time, logged by code at most once in ten seconds. */
export type Report = {
  refused(code: RefusalCode): void;
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
  const refused = new Map<RefusalCode, Tally<RefusalCode>>();
  const refusedFor = (code: RefusalCode): Tally<RefusalCode> => {
    const tally = refused.get(code) ?? createTally(logRefusals);
    refused.set(code, tally);
    return tally;
  };
  const logRefusals = (code: RefusalCode, total: number): void =>
    logger[refusals[code].level]({ event: "request-refused", code, count: total });
  const notStored = createTally((err: unknown, total) =>
    logger.error({ event: "delivery-not-stored", err, count: total }),
  );
  return {
    refused: (code) => {
      count({ code });
      refusedFor(code).note(code);
    },
    notStored: notStored.note,
    flush: () => {
      notStored.flush();
      for (const tally of refused.values()) tally.flush();
    },
  };
}
