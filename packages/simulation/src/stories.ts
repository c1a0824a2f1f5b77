import type { DeliveryType, State } from "@receiver/contracts";
import {
  analysisMessage,
  type Body,
  decisionMessage,
  drawVerification,
  flatMessage,
  retryMessage,
  uploadMessage,
} from "./danaya-messages.ts";
import type { Delivery } from "./delivery.ts";
import { type InventedFile, inventFile, runIdOf } from "./invented-file.ts";
import { type Plot, type PlotName, plots } from "./plots.ts";
import { type Random, seededRandom } from "./seeded-random.ts";

export type StoryDelivery = Delivery & { type: DeliveryType; occurredAt: number };

/** Everything that Danaya reports of one invented file, in the order in which it happened. */
export type Story = {
  plot: PlotName;
  kind: "KYC" | "KYB";
  companyId: string;
  fileUuid: string;
  fileNumber: string;
  externalId: string;
  /** Where the file stands when all is applied, in whatever order, with the status map as delivered. */
  ends: State;
  deliveries: StoryDelivery[];
};

export type Telling = {
  /** All ids come of it: the same seed gives the same bytes, another one shares no id with it. */
  seed: string;
  files: number;
  /** No message is dated later, in milliseconds since 1970: what is dated in the future decides nothing. */
  endsAt: number;
};

const MINUTE_MS = 60_000;
/** Files are opened within so long, and hence overlap. */
const OPENED_WITHIN_MINUTES = 24 * 60;
const LONGEST_PAUSE_MINUTES = 55;
/** A story has at most 7 messages, hence 6 pauses. */
const LONGEST_STORY_MINUTES = 6 * LONGEST_PAUSE_MINUTES;
/** The documented RETRY and ANALYSIS_RESULT of one file bear the same time. */
const TIES_PERCENT = 10;

/** Pure: file n is the same however many files are asked for. */
export function tellStories({ seed, files, endsAt }: Telling): Story[] {
  const runId = runIdOf(seed);
  const lastOpening = endsAt - LONGEST_STORY_MINUTES * MINUTE_MS;
  return Array.from({ length: files }, (_, index) => {
    const random = seededRandom(seed, index);
    const openedAt = lastOpening - random.whole(0, OPENED_WITHIN_MINUTES * 60) * 1_000;
    return tellStory(inventFile(random, { runId, index, openedAt: wholeSecond(openedAt) }), random);
  });
}

/** The deliveries of many files in the order of their times: the files overlap, as they do in life. */
export function interleave(stories: readonly Story[]): StoryDelivery[] {
  return stories.flatMap(({ deliveries }) => deliveries).sort((a, b) => a.occurredAt - b.occurredAt);
}

function tellStory(file: InventedFile, random: Random): Story {
  const plot = random.weighted(plotWeights);
  return {
    plot,
    kind: file.kind,
    companyId: String(file.companyId),
    fileUuid: file.uuid,
    fileNumber: String(file.number),
    externalId: file.externalId,
    ends: plots[plot].ends,
    deliveries: tellDeliveries(file, plots[plot], random),
  };
}

function tellDeliveries(file: InventedFile, plot: Plot, random: Random): StoryDelivery[] {
  const told: StoryDelivery[] = [];
  let now = file.openedAt;
  const tell = (type: DeliveryType, body: Body): void => {
    const name = `${file.externalId} ${type}`;
    told.push({ type, name, occurredAt: now, body: Buffer.from(JSON.stringify(body)) });
  };
  const pause = (): void => {
    now += random.whole(1, LONGEST_PAUSE_MINUTES * 60) * 1_000;
  };

  tell("DOCUMENT_TO_ANALYSE_RECEIVED", uploadMessage(file, random));
  const repeated = { document: random.pick(file.documents), verification: drawVerification(random) };
  const retries = random.whole(...plot.retries);
  for (let attempt = 1; attempt <= retries; attempt += 1) {
    pause();
    tell("RETRY_DOCUMENT_VERIFICATION", retryMessage(file, now, { ...repeated, attempt }, random));
  }
  if (plot.analysis !== "none") {
    if (retries === 0 || !random.percent(TIES_PERCENT)) pause();
    if (plot.analysis === "flat") tell("FLAT_CLIENT_FILE", flatMessage(file, now, random));
    else tell("ANALYSIS_RESULT", analysisMessage(file, now, random));
  }
  if (plot.decision !== "none") {
    pause();
    tell("CLIENT_FILE_STATUS_CHANGED", decisionMessage(file, now, plot.decision, random));
  }
  return told;
}

const plotWeights = Object.fromEntries(Object.entries(plots).map(([name, { weight }]) => [name, weight])) as Record<
  PlotName,
  number
>;

const wholeSecond = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
