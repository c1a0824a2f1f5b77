export type { Delivery } from "./delivery.ts";
export { type Disturbance, disturb } from "./disturb.ts";
export { errorCodeOf, type Outcome, postDelivery } from "./post-delivery.ts";
export { type Random, seededRandom } from "./seeded-random.ts";
export { type Schedule, sendOnSchedule } from "./send-on-schedule.ts";
export { interleave, type Story, type StoryDelivery, tellStories } from "./stories.ts";
