import { classify, type Message } from "@receiver/contracts";
import { describe, expect, test } from "vitest";
import { createWorld, disturbWebhooks, type Webhook, type WebhookTroubles } from "../src/index.ts";

const world = createWorld({ seed: "disturbed", files: 500, startsAt: Date.UTC(2025, 9, 1) });
const meant = world.files.flatMap(({ messages }) => messages);
const MINUTE_MS = 60_000;
const troubles: WebhookTroubles = {
  seed: "a",
  dropPercent: 10,
  duplicatePercent: 10,
  disorderPercent: 20,
  forgedPercent: 4,
};
const disturbed = disturbWebhooks(world, troubles);

const share = (isCounted: (webhook: Webhook) => boolean): number =>
  (disturbed.filter(isCounted).length * 100) / meant.length;

function messageOf({ body }: Webhook): Message {
  const classification = classify(body);
  if (classification.kind === "message") return classification.message;
  throw new Error(JSON.stringify(classification));
}

describe("what comes of the world's webhooks", () => {
  test("is each message, once, in order and soon, where nothing goes wrong", () => {
    const calm = disturbWebhooks(world, { seed: "a" });
    expect(calm.map(({ name }) => name).toSorted()).toEqual(meant.map(({ name }) => name).toSorted());
    for (const [index, { occurredAt, sendAt }] of calm.entries()) {
      expect(occurredAt).toBeGreaterThanOrEqual(calm[index - 1]?.occurredAt ?? 0);
      expect(sendAt - occurredAt).toBeLessThan(1_000);
    }
  });

  test("is the same for the same seeds, so that a failing run can be repeated", () => {
    expect(disturbWebhooks(world, troubles)).toEqual(disturbed);
    expect(disturbWebhooks(world, { ...troubles, seed: "b" })).not.toEqual(disturbed);
  });

  test("loses, repeats and delays about as many as asked; what is lost is told, and never comes as a copy", () => {
    const lost = new Set(disturbed.filter(({ dropped }) => dropped).map(({ name }) => name));
    expect(lost.size / meant.length).toBeCloseTo(0.1, 1);
    expect(share(({ duplicateOf }) => duplicateOf !== null)).toBeGreaterThan(6);
    expect(share(({ sendAt, occurredAt }) => sendAt > occurredAt + MINUTE_MS / 2)).toBeGreaterThan(15);
    const names = disturbed.filter(({ forged, duplicateOf }) => !forged && duplicateOf === null);
    expect(names.map(({ name }) => name).toSorted()).toEqual(meant.map(({ name }) => name).toSorted());
    for (const { duplicateOf } of disturbed) expect(lost).not.toContain(duplicateOf);
  });

  test("is in the order of sending, dated never after it, and over when the world is", () => {
    for (const [index, { sendAt, occurredAt }] of disturbed.entries()) {
      expect(sendAt).toBeGreaterThanOrEqual(disturbed[index - 1]?.sendAt ?? 0);
      expect(sendAt).toBeGreaterThanOrEqual(occurredAt);
      expect(sendAt).toBeLessThan(world.endsAt);
    }
  });

  test("repeats the same bytes, after the first", () => {
    const byName = new Map(disturbed.map((webhook) => [webhook.name, webhook]));
    for (const copy of disturbed.filter(({ duplicateOf }) => duplicateOf !== null)) {
      const original = byName.get(copy.duplicateOf ?? "");
      expect(original?.body).toEqual(copy.body);
      expect(original?.sendAt).toBeLessThan(copy.sendAt);
    }
  });

  test("comes at once where Danaya held it back", () => {
    const [everyMs, heldMs] = [240 * MINUTE_MS, 60 * MINUTE_MS];
    const held = disturbWebhooks(world, { ...troubles, burst: { everyMs, heldMs } });
    const sinceTurn = held.map(({ sendAt }) => (sendAt - world.startsAt) % everyMs);
    expect(sinceTurn.filter((since) => since >= everyMs - heldMs)).toEqual([]);
    expect(sinceTurn.filter((since) => since === 0).length).toBeGreaterThan(held.length / 8);
    expect(held.map(({ name }) => name).toSorted()).toEqual(disturbed.map(({ name }) => name).toSorted());
  });
});

describe("a forgery", () => {
  const forgeries = disturbed.filter(({ forged }) => forged);

  test("is a good approval with the right ids, so that nothing but asking Danaya finds it out", () => {
    expect(forgeries).toHaveLength(20);
    expect(new Set(forgeries.map(({ type }) => type))).toEqual(
      new Set(["CLIENT_FILE_STATUS_CHANGED", "FLAT_CLIENT_FILE"]),
    );
    for (const forgery of forgeries) {
      const file = world.fileOf(forgery.fileUuid);
      const message = messageOf(forgery);
      expect(message).toMatchObject({ companyId: file?.companyId, occurredAt: forgery.occurredAt });
      expect(message.payload).toMatchObject({ id: file?.fileNumber, status: "VALIDER" });
      expect(forgery.sendAt - forgery.occurredAt).toBeLessThanOrEqual(MINUTE_MS);
    }
  });

  test("is false when it is dated, when it comes, and for long enough to be believed", () => {
    for (const { fileUuid, occurredAt, sendAt } of forgeries) {
      for (const time of [occurredAt, sendAt, sendAt + 58 * MINUTE_MS]) {
        expect(world.truthAt(fileUuid, time)?.state).toMatch(/^(IN_ANALYSIS|AWAITING_DECISION|REJECTED)$/);
      }
    }
  });

  test("may come at any stage: before the decision, and against a refusal", () => {
    const states = new Set(forgeries.map(({ fileUuid, sendAt }) => world.truthAt(fileUuid, sendAt)?.state));
    expect(states).toContain("AWAITING_DECISION");
    expect(states).toContain("REJECTED");
  });
});
