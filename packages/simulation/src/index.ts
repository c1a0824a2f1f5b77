export { type ServedWorld, type ServeOptions, serveWorld } from "./danaya-server/serve-world.ts";
export type { ToldFile } from "./danaya-server/tell-truth.ts";
export type { ApiTroubles } from "./danaya-server/troubles.ts";
export type { Delivery } from "./delivery.ts";
export { type Disturbance, disturb } from "./disturb.ts";
export { errorCodeOf, type Outcome, postDelivery } from "./post-delivery.ts";
export { type Random, seededRandom } from "./seeded-random.ts";
export { type Schedule, sendOnSchedule, sendWhenDue } from "./send-on-schedule.ts";
export { interleave, type Story, type StoryDelivery, tellStories } from "./stories.ts";
export { createWorld } from "./world/create-world.ts";
export { disturbWebhooks, type WebhookTroubles } from "./world/disturb-webhooks.ts";
export type {
  Moment,
  TrueDecision,
  Truth,
  Webhook,
  World,
  WorldFile,
  WorldMessage,
  WorldOptions,
} from "./world/world.ts";
