import { z } from "zod";
import { type Endpoint, openEndpoint } from "./open-endpoint.ts";

/** `compliance` is to hear of every version, `operations` of those that it may know, `approvals` of approvals alone. */
const subscriberNames = ["compliance", "operations", "approvals"] as const;
type SubscriberName = (typeof subscriberNames)[number];
export type ToldSubscriber = { id: string; name: SubscriberName; endpoint: Endpoint };

const settings: Record<SubscriberName, { types: string[]; audience: string }> = {
  compliance: { types: ["*"], audience: "compliance" },
  operations: { types: ["*"], audience: "operations" },
  approvals: { types: ["client_file.approved"], audience: "operations" },
};

const created = z.object({ id: z.string() });
type Ops = { url: string; name: string; password: string };

export async function welcomeSubscribers(ops: Ops, seed: number): Promise<ToldSubscriber[]> {
  return Promise.all(subscriberNames.map((name) => welcome(name, ops, seed)));
}

async function welcome(name: SubscriberName, ops: Ops, seed: number): Promise<ToldSubscriber> {
  const endpoint = await openEndpoint(name, seed);
  const response = await fetch(`${ops.url}/api/subscribers`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${ops.name}:${ops.password}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ name, kind: "http", url: endpoint.url, ...settings[name] }),
  });
  if (!response.ok) throw new Error(`no subscriber: ${response.status} ${await response.text()}`);
  return { id: created.parse(await response.json()).id, name, endpoint };
}
