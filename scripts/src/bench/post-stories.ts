import { type Outcome, postDelivery, type Schedule, type StoryDelivery, sendOnSchedule } from "@receiver/simulation";
import { isTaken } from "../simulate/summarise.ts";

export type Posted = { outcomes: Outcome[]; taken: number };

/** @returns what was answered, and how often it was 2xx. */
export async function postStories(
  webhookUrl: string,
  deliveries: readonly StoryDelivery[],
  schedule: Schedule,
): Promise<Posted> {
  const outcomes: Outcome[] = [];
  const post = async (delivery: StoryDelivery) => void outcomes.push(await postDelivery(webhookUrl, delivery));
  await sendOnSchedule(deliveries, post, schedule);
  return { outcomes, taken: outcomes.filter(isTaken).length };
}
