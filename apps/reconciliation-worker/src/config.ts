import { waits } from "@receiver/client-file";
import { apiCredential, apiUrl } from "@receiver/danaya-api";
import { defaultRetention, expectConfirmation, rulesEnvironment, rulesIn } from "@receiver/ledger";
import { explain, fields } from "@receiver/runtime";
import { expectMasterKeys, masterKeysEnvironment, masterKeysIn } from "@receiver/sealing";
import { pipelineEnvironment, pipelineSecrets } from "@receiver/worker";
import { z } from "zod";
import { defaultStallLimits } from "./by-the-clock/stall-limits.ts";

/** Left alone after so many questions in a row that nobody answered, at first and at most for so long. */
const PATIENCE = { opensAfter: 5, closedMs: { first: 30_000, most: 10 * 60_000 } };

const credentialMissing = explain({
  rule: "must be set with DANAYA_API_URL: Danaya answers nobody without it",
  fix: "Copy it from Danaya's dashboard",
});

export const config = z
  .object({
    ...pipelineEnvironment.shape,
    ...masterKeysEnvironment.shape,
    ...rulesEnvironment.shape,
    DANAYA_API_URL: apiUrl.optional(),
    DANAYA_API_KEY: apiCredential.optional(),
    DANAYA_API_SECRET: apiCredential.optional(),
    /** Networks that Danaya's API may live in although they are not public. */
    OUTGOING_ALLOW: fields.cidrList.default([]),
    /** Questions per second at most, of all processes together. */
    LOOK_UP_RATE: fields.wholeNumber({ min: 1, max: 1_000 }, 5).default(5),
    /** From the end of one look at what is due to the next. */
    LOOK_UP_INTERVAL_MS: fields.durationMs.default(500),
    /** What is left out keeps its default. */
    STALLED_AFTER: fields.durationsBy(waits).default({}),
    /** From the end of one look at documents that run out and files that stand still to the next. */
    CLOCK_INTERVAL_MS: fields.durationMs.default(60_000),
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
  .superRefine(expectConfirmation)
  .superRefine((env, context) => {
    if (env.DANAYA_API_URL === undefined) return;
    for (const variable of ["DANAYA_API_KEY", "DANAYA_API_SECRET"] as const)
      if (env[variable] === undefined)
        context.addIssue({ code: "custom", path: [variable], message: credentialMissing });
  })
  .transform((env) => ({
    observe: env.OBSERVE,
    sweep: {
      intervalMs: env.SWEEP_INTERVAL_MS,
      afterMs: env.SWEEP_AFTER_MS,
      backlogWarnAfterMs: env.BACKLOG_WARN_AFTER_MS,
    },
    rules: rulesIn(env),
    clock: { intervalMs: env.CLOCK_INTERVAL_MS, limits: { ...defaultStallLimits, ...env.STALLED_AFTER } },
    asking: askingIn(env),
    retention: env.RETENTION
      ? {
          intervalMs: env.RETENTION_INTERVAL_MS,
          policy: { operationalDays: env.RETENTION_OPERATIONAL, evidenceYears: env.RETENTION_EVIDENCE },
        }
      : null,
    secrets: { ...pipelineSecrets(env), masterKeys: masterKeysIn(env) },
  }));

type Api = {
  DANAYA_API_URL?: string | undefined;
  DANAYA_API_KEY?: string | undefined;
  DANAYA_API_SECRET?: string | undefined;
  OUTGOING_ALLOW: z.output<typeof fields.cidrList>;
  LOOK_UP_RATE: number;
  LOOK_UP_INTERVAL_MS: number;
};

/** Null without an API. */
function askingIn({ DANAYA_API_URL, DANAYA_API_KEY = "", DANAYA_API_SECRET = "", ...env }: Api) {
  if (DANAYA_API_URL === undefined) return null;
  return {
    api: {
      baseUrl: DANAYA_API_URL,
      apiKey: DANAYA_API_KEY,
      apiSecret: DANAYA_API_SECRET,
      outgoingAllow: env.OUTGOING_ALLOW,
    },
    gate: { perSecond: env.LOOK_UP_RATE, ...PATIENCE },
    intervalMs: env.LOOK_UP_INTERVAL_MS,
  };
}
