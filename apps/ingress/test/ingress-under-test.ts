import { randomBytes } from "node:crypto";
import type { Inbox } from "@receiver/ledger/inbox";
import type { WakeUp } from "@receiver/queues";
import { createLogger, createMetrics, ReceiverError } from "@receiver/runtime";
import { onTestFinished } from "vitest";
import { buildIngress, type IngressDeps } from "../src/build-ingress.ts";
import type { CheckSettings } from "../src/checks/check-request.ts";

type Incoming = Parameters<Inbox["receive"]>[0];

export const TOKEN = randomBytes(24).toString("base64url");
export const OLD_TOKEN = randomBytes(24).toString("base64url");
export const WEBHOOK = `/webhooks/danaya/${TOKEN}`;

export const statusChanged = (overrides: object = {}) =>
  JSON.stringify({
    webhookId: "webhook-1",
    companyId: 123,
    messageType: "CLIENT_FILE_STATUS_CHANGED",
    timestamp: "2025-10-17T12:15:00Z",
    payload: { id: 456, status: "VALIDER", score: 0.94 },
    ...overrides,
  });

/** Keeps deliveries as the ledger would: the first sighting of an id is stored, the next one is a duplicate. */
export function fakeInbox() {
  const stored = new Map<string, Incoming>();
  const state = { away: false, hangs: false };
  const receive: Inbox["receive"] = async (delivery) => {
    if (state.hangs) await new Promise(() => {});
    if (state.away) throw new ReceiverError("DATABASE_UNAVAILABLE");
    const isKnown = stored.has(delivery.id);
    if (!isKnown) stored.set(delivery.id, delivery);
    const isApplicable = delivery.problems.length === 0;
    const disposition = isKnown ? "duplicate" : isApplicable ? "accepted" : "quarantined";
    return { disposition, publish: isApplicable ? { epoch: 0 } : null };
  };
  const inbox: Pick<Inbox, "receive" | "receiveSpooled" | "check"> = {
    receive,
    receiveSpooled: (deliveries) => Promise.all(deliveries.map(receive)),
    check: async () => {
      if (state.away || state.hangs) throw new ReceiverError("DATABASE_UNAVAILABLE");
    },
  };
  return { inbox, state, stored: () => [...stored.values()] };
}

export function captureLog() {
  const written: string[] = [];
  return {
    destination: { write: (line: string) => void written.push(line) },
    text: () => written.join(""),
    events: (name: string): Record<string, unknown>[] =>
      written.map((line) => JSON.parse(line)).filter(({ event }) => event === name),
  };
}

/** The token alone, as without any configuration. */
export const noChecks: CheckSettings = {
  allowedSenders: null,
  header: null,
  basic: null,
  signatureKeys: null,
  hmac: null,
};

/** The whole public process, except that the ledger and the queues are ours. */
export function ingressUnderTest(overrides: Partial<IngressDeps> = {}) {
  const fake = fakeInbox();
  const log = captureLog();
  const wakeUps: WakeUp[] = [];
  const metrics = createMetrics({ app: "ingress" });
  const ingress = buildIngress({
    inbox: fake.inbox,
    spool: null,
    seal: null,
    wake: (wakeUp) => void wakeUps.push(wakeUp),
    tokens: [
      { name: "autumn", token: TOKEN },
      { name: "summer", token: OLD_TOKEN },
    ],
    checks: noChecks,
    allowedCompanyIds: null,
    trustedProxies: [],
    logger: createLogger({ app: "ingress", level: "debug", destination: log.destination }),
    metrics,
    ...overrides,
  });
  onTestFinished(() => ingress.close(1_000));
  const post = (body: string | Buffer, headers: Record<string, string> = { "content-type": "application/json" }) =>
    ingress.app.inject({ method: "POST", url: WEBHOOK, payload: body, headers });
  /** What a scrape would get of our own series, a line each, without the label that all of them bear. */
  const scrape = async () =>
    (await metrics.registry.metrics()).replaceAll(/app="ingress",|,app="ingress"/g, "").split("\n");
  return { ...fake, ...ingress, log, wakeUps, post, scrape };
}

export type UnderTest = ReturnType<typeof ingressUnderTest>;
