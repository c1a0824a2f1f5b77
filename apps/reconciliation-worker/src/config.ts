import { defaultRetention } from "@receiver/ledger";
import { fields } from "@receiver/runtime";
import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";

export const config = z
  .object({
    ...pipelineEnvironment.shape,
    ...masterKeysEnvironment.shape,
    /** From the end of one sweep to the next. */
    SWEEP_INTERVAL_MS: fields.durationMs.default(5_000),
    /** How long a row may wait for its job before anybody looks. Longer than it takes to publish, and to try that again. */
    SWEEP_AFTER_MS: fields.durationMs.default(30_000),
    /** A row that has waited so long is told of in the log. */
    BACKLOG_WARN_AFTER_MS: fields.durationMs.default(5 * 60_000),
    /** Off: what was kept too long can still be erased, and the other way round nothing can be mended. */
    RETENTION: fields.booleanFlag.default(false),
    RETENTION_OPERATIONAL: fields.days.default(defaultRetention.operationalDays),
    RETENTION_EVIDENCE: fields.years.default(defaultRetention.evidenceYears),
    /** From the end of one run to the next. */
    RETENTION_INTERVAL_MS: fields.durationMs.default(60 * 60_000),
  })
  .superRefine(expectMasterKeys)
  .transform((env) => ({
    sweep: {
      intervalMs: env.SWEEP_INTERVAL_MS,
      afterMs: env.SWEEP_AFTER_MS,
      backlogWarnAfterMs: env.BACKLOG_WARN_AFTER_MS,
    },
    retention: env.RETENTION
      ? {
          intervalMs: env.RETENTION_INTERVAL_MS,
          policy: { operationalDays: env.RETENTION_OPERATIONAL, evidenceYears: env.RETENTION_EVIDENCE },
        }
      : null,
    secrets: { ...pipelineSecrets(env), masterKeys: masterKeysIn(env) },
  }));
