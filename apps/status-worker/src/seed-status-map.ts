import type { Logger } from "@receiver/runtime";
import type { Pipeline } from "@receiver/worker";

type StatusMaps = Pick<Pipeline["ledger"]["statusMap"], "current" | "seed">;

/** Makes `STATUS_MAP` the first version. Once there is one, the variable changes nothing: who sets it is told so. */
export async function seedStatusMap(
  statusMap: StatusMaps,
  entries: Parameters<StatusMaps["seed"]>[0] | undefined,
  logger: Logger,
): Promise<void> {
  if (entries === undefined) return;
  const { version } = await statusMap.current();
  if (version > 0) logger.warn({ event: "status-map-ignored", version });
  else await statusMap.seed(entries);
}
