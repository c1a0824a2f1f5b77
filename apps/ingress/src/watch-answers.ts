import type { Metrics } from "@receiver/runtime";
import type { CheckName } from "./checks/request-check.ts";
import type { Sighting } from "./storage/store-delivery.ts";

export type WatchAnswers = {
  seen(sighting: Sighting): void;
  tokenUsed(name: string): void;
  /** `place` is from 0. */
  secretUsed(check: CheckName, place: number): void;
  answered(status: number, elapsedMs: number): void;
};

export function watchAnswers(metrics: Metrics): WatchAnswers {
  const deliveries = metrics.counter({
    name: "receiver_deliveries_total",
    help: "Deliveries stored, by what became of them and by message type",
    labels: ["disposition", "type"],
  });
  const tokenUses = metrics.counter({
    name: "receiver_webhook_token_uses_total",
    help: "Requests with a valid token, by the token's name: an old one may be taken away when its count stands still",
    labels: ["token"],
  });
  const secretUses = metrics.counter({
    name: "receiver_webhook_secret_uses_total",
    help: "Times that a check besides the token held, by the place, from 1, of what fitted in the list of the configuration",
    labels: ["check", "secret"],
  });
  const answers = metrics.histogram({
    name: "receiver_ingress_answer_seconds",
    help: "Time from a request's headers to its answer, by status",
    labels: ["status"],
  });
  return {
    seen: ({ disposition, type }) => deliveries({ disposition, type: type ?? "unknown" }),
    tokenUsed: (name) => tokenUses({ token: name }),
    secretUsed: (check, place) => secretUses({ check, secret: String(place + 1) }),
    answered: (status, elapsedMs) => answers({ status: String(status) }, elapsedMs / 1_000),
  };
}
