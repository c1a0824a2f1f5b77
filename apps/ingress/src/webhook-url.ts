import type { NamedToken } from "@receiver/runtime";

export const WEBHOOK_PATH = "/webhooks/danaya";

export type Announcement = {
  publicUrl: string;
  token: NamedToken;
  /** `masked` where the line may end up in a log. */
  show: "whole" | "masked";
};

/** For the operator's console, never for the log: the line with the URL to hand to Danaya. */
export function announceWebhookUrl({ publicUrl, token, show }: Announcement): string {
  const url = `${publicUrl.replace(/\/+$/, "")}${WEBHOOK_PATH}`;
  return show === "whole"
    ? `hand this URL to Danaya: ${url}/${token.token}`
    : `hand this URL to Danaya: ${url}/<token ${token.name}> (PRINT_WEBHOOK_URL=1 prints it whole)`;
}
