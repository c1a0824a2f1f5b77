import type { Webhook, World } from "@receiver/simulation";
import { alignColumns } from "../../command-line/align-columns.ts";
import type { Registrar } from "./register-uploads.ts";

/** Of a list of files: enough to look at. */
const LINES_MAX = 20;

type Access = { url: string; apiKey: string; apiSecret: string };

export function describeAccess({ url, apiKey, apiSecret }: Access): string[] {
  return [
    "Danaya's API, for the process that asks it:",
    `  DANAYA_API_URL=${url} DANAYA_API_KEY=${apiKey} DANAYA_API_SECRET=${apiSecret}`,
  ];
}

/** What is true in the end, and what was done to hide it. */
export function describeTruth(world: World, webhooks: readonly Webhook[], url: string): string[] {
  const count = (isCounted: (webhook: Webhook) => boolean): number => webhooks.filter(isCounted).length;
  const states = Object.entries(Object.groupBy(world.files, ({ finalState }) => finalState));
  const forged = webhooks.filter((webhook) => webhook.forged);
  return [
    "what is true:",
    "",
    ...alignColumns([["state", "files"], ...states.map(([state, files = []]) => [state, String(files.length)])]),
    "",
    `${count((webhook) => webhook.dropped)} webhooks never came, ${count(({ duplicateOf }) => duplicateOf !== null)} came twice, ${forged.length} were forged`,
    ...forged.slice(0, LINES_MAX).map(({ fileUuid }) => describeForged(world, fileUuid)),
    ...(forged.length > LINES_MAX ? [`  and ${forged.length - LINES_MAX} more`] : []),
    `by file: ${url}/truth`,
  ];
}

function describeForged({ fileOf }: World, fileUuid: string): string {
  const file = fileOf(fileUuid);
  return `  an approval of file ${file?.fileNumber} was false; it ended ${file?.finalState}`;
}

export function describeRegistered(registrar: Registrar, files: number): string[] {
  const failed = [...registrar.failures()].map(([answer, times]) => `${times} × ${answer}`);
  const registered = `registered ${registrar.registered()} of ${files} uploads`;
  return [failed.length === 0 ? registered : `${registered}; not taken: ${failed.join(", ")}`];
}
