import { flatMessage, statusMessage } from "../danaya-messages.ts";
import type { Random } from "../seeded-random.ts";
import { messageOf } from "./live-file.ts";
import type { Webhook, World, WorldFile } from "./world.ts";

export type Forging = {
  /** Of a hundred files, so many are approved by a forger. */
  percent: number;
  /** How long an hour of the drawn span is in this world. */
  pace: number;
  random: Random;
};

const MINUTE_MS = 60_000;
/** No forgery comes true so soon after it: that one was believed would otherwise not show. */
const FALSE_FOR_MS = 60 * MINUTE_MS;
/** Dated like a webhook that took so long. */
const DATED_BEFORE: [number, number] = [0, 60_000];
/** The others bear the number alone. */
const FLAT_PERCENT = 30;

/** Approvals by someone who knows the ids of a file, at a time at which it has a number and is not approved. */
export function forgeApprovals(world: World, { percent, pace, random }: Forging): Webhook[] {
  const count = Math.ceil((world.files.length * percent) / 100);
  return world.files
    .map((file) => ({
      file,
      windows: falseWithin(file, world.endsAt, FALSE_FOR_MS * pace),
      draw: random.whole(0, 1e9),
    }))
    .sort((a, b) => a.draw - b.draw)
    .flatMap(({ file, windows: [first, ...others] }) =>
      first ? [{ file, window: random.pick([first, ...others]) }] : [],
    )
    .slice(0, count)
    .map(({ file, window }) => forge(file, window, pace, random));
}

type Window = { from: number; until: number };

/** The stretches in which an approval is false, and stays so for a while. */
function falseWithin({ timeline }: WorldFile, endsAt: number, falseFor: number): Window[] {
  return timeline.flatMap(({ from, status, state }, index): Window[] => {
    const later = timeline.slice(index + 1);
    const approvedAt = later.find((moment) => moment.state === "APPROVED")?.from ?? endsAt;
    const until = Math.min(later[0]?.from ?? endsAt, approvedAt - falseFor);
    return status === null || state === "APPROVED" || until <= from ? [] : [{ from, until }];
  });
}

function forge({ invented }: WorldFile, { from, until }: Window, pace: number, random: Random): Webhook {
  const occurredAt = Math.floor(random.whole(from, until) / 1_000) * 1_000;
  const isFlat = random.percent(FLAT_PERCENT);
  const [type, body] = isFlat
    ? (["FLAT_CLIENT_FILE", flatMessage(invented, occurredAt, random, "VALIDER")] as const)
    : (["CLIENT_FILE_STATUS_CHANGED", statusMessage(invented, occurredAt, "VALIDER", random)] as const);
  const message = messageOf(invented, type, occurredAt, body);
  const sendAt = occurredAt + Math.round(random.whole(...DATED_BEFORE) * pace);
  return { ...message, name: `${message.name} (forged)`, sendAt, dropped: false, forged: true, duplicateOf: null };
}
