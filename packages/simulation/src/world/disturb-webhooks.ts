import { type Random, seededRandom } from "../seeded-random.ts";
import { DRAWN_SPAN_MS } from "./course.ts";
import { forgeApprovals } from "./forge-approvals.ts";
import type { Webhook, World, WorldMessage } from "./world.ts";

export type WebhookTroubles = {
  seed: string;
  /** Of a hundred messages, so many never come: neither they nor a copy. */
  dropPercent?: number;
  /** So many come a second time, byte for byte, hours later at most. */
  duplicatePercent?: number;
  /** So many are up to an hour late, and overtaken by others. */
  disorderPercent?: number;
  /** Of a hundred files, so many get a forged approval: at least one, unless it is 0. */
  forgedPercent?: number;
  /** What falls due in the last `heldMs` of each `everyMs` is sent at once at its end. */
  burst?: { everyMs: number; heldMs: number };
};

const MINUTE_MS = 60_000;
const LATENCY_MS = 500;
const LATE: [number, number] = [MINUTE_MS, 60 * MINUTE_MS];
const REPEATED: [number, number] = [1_000, 180 * MINUTE_MS];

/** What comes of the world's messages on their way, in the order of sending. Pure: the same seeds give the same list. */
export function disturbWebhooks(world: World, troubles: WebhookTroubles): Webhook[] {
  const random = seededRandom("webhooks", world.seed, troubles.seed);
  const pace = paceOf(world);
  const meant = world.files.flatMap(({ messages }) => messages);
  const sent = meant.flatMap((message) => sendOne(message, troubles, pace, random));
  const forged = forgeApprovals(world, { percent: troubles.forgedPercent ?? 0, pace, random });
  return [...sent, ...forged]
    .map((webhook) => ({ ...webhook, sendAt: heldUntil(webhook.sendAt, world.startsAt, troubles.burst) }))
    .sort((a, b) => a.sendAt - b.sendAt);
}

function sendOne(message: WorldMessage, troubles: WebhookTroubles, pace: number, random: Random): Webhook[] {
  const { dropPercent = 0, duplicatePercent = 0, disorderPercent = 0 } = troubles;
  // Each is drawn for each message, so that raising one leaves the others as they were.
  const dropped = random.percent(dropPercent);
  const isRepeated = random.percent(duplicatePercent);
  const isLate = random.percent(disorderPercent);
  const [lateBy, repeatedAfter] = [random.whole(...LATE) * pace, random.whole(...REPEATED) * pace];

  const sendAt = message.occurredAt + Math.round(LATENCY_MS + (isLate ? lateBy : 0));
  const first: Webhook = { ...message, sendAt, dropped, forged: false, duplicateOf: null };
  if (dropped || !isRepeated) return [first];
  const name = `${message.name} (again)`;
  return [first, { ...first, name, sendAt: sendAt + Math.round(repeatedAfter), duplicateOf: message.name }];
}

function heldUntil(sendAt: number, startsAt: number, burst: WebhookTroubles["burst"]): number {
  if (!burst) return sendAt;
  const since = (sendAt - startsAt) % burst.everyMs;
  return since < burst.everyMs - burst.heldMs ? sendAt : sendAt - since + burst.everyMs;
}

/** How long an hour of the drawn span is in this world. Not above 1: late remains late within the quiet end. */
const paceOf = ({ startsAt, endsAt }: World): number => Math.min(1, (endsAt - startsAt) / DRAWN_SPAN_MS);
