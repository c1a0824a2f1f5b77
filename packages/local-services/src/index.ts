export { findPostgres } from "./find-postgres.ts";
export { findRedis } from "./find-redis.ts";
export type { FindOptions, FoundPostgres, FoundRedis, Mode, NoRedis } from "./found.ts";
export { type Guard, startGuard } from "./guard.ts";
export { queryPostgres } from "./query-postgres.ts";
export { sendToRedis } from "./send-to-redis.ts";
