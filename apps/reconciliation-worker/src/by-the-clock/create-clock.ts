import type { StallLimits } from "@receiver/ledger";
import { toReceiverError } from "@receiver/runtime";
import type { ClockTools } from "./clock-tools.ts";
import { createReleaseStep } from "./release-files.ts";
import { createStallStep } from "./stall-files.ts";
import { createNoticeStep } from "./tell-notices.ts";

/** One look at what no event brings about, but time or a changed setting. Never rejects: what fails is logged, and the next look tries again. */
export function createClock(tools: ClockTools, settings: { limits: StallLimits }): () => Promise<void> {
  const steps = [
    { kind: "notices", run: createNoticeStep(tools) },
    { kind: "releases", run: createReleaseStep(tools) },
    { kind: "stalls", run: createStallStep(tools, settings.limits) },
  ];
  return async () => {
    for (const { kind, run } of steps)
      await run().catch((thrown: unknown) =>
        tools.logger.warn({ event: "clock-step-failed", kind, err: toReceiverError(thrown) }),
      );
  };
}
