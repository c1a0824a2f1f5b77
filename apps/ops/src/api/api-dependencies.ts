import type { Ledger } from "@receiver/ledger";
import type { Producer } from "@receiver/queues";
import type { Logger } from "@receiver/runtime";
import type { PublishWakeUps } from "../publish-wake-ups.ts";

/** What the routes stand on; each takes the parts that it needs. */
export type ApiDependencies = {
  ledger: Ledger;
  producer: Pick<Producer, "counts" | "pause" | "resume">;
  publish: PublishWakeUps;
  logger: Logger;
  now: () => Date;
};
