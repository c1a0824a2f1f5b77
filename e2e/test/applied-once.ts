import type { ReceivedRequest, SpawnedApp } from "@receiver/testing";
import { expect } from "vitest";
import type { Listed, Pipeline } from "./start-pipeline.ts";

type Notification = { id: string; version: number; status: string };

/** What a test can see of the rows, the queues, the subscriber and the workers, the killed ones among them. */
export type Witnesses = {
  pipeline: Pipeline;
  rows: <Row>(text: string) => Promise<Row[]>;
  requests: readonly ReceivedRequest[];
  workers: readonly SpawnedApp[];
};

const UNSETTLED = `
  select 'delivery' as kind, id, status from deliveries where status <> 'applied'
  union all select 'notification', id, status from notifications where status <> 'delivered'`;

const NOT_ONE_EVENT = `
  select d.id, count(e.id) from deliveries d left join events e on e.delivery_id = d.id
  group by d.id having count(e.id) <> 1`;

// Without the version: a second application would write the same step under another one.
const STEPS_TWICE = `
  select client_file_id, from_state, to_state, cause from transitions
  group by client_file_id, from_state, to_state, cause having count(*) > 1`;

export const untilSettled = ({ rows }: Pick<Witnesses, "rows">) =>
  expect.poll(() => rows(UNSETTLED), { timeout: 60_000, interval: 250 }).toEqual([]);

/** Waits until all is applied and told, and checks that each was done once, of `posted` deliveries in all. */
export async function expectAppliedOnce(witnesses: Witnesses, posted: number): Promise<void> {
  const { pipeline, rows, workers } = witnesses;
  await untilSettled(witnesses);
  expect(await rows("select count(*)::int as count from deliveries")).toEqual([{ count: posted }]);
  expect(await rows(NOT_ONE_EVENT)).toEqual([]);
  expect(await rows(STEPS_TWICE)).toEqual([]);
  const applications = workers.flatMap(applicationsIn);
  expect(repeated(applications)).toEqual([]);
  await expectToldOnce(witnesses);
  const failed = async () => {
    const { items } = await pipeline.api<{ items: { failed: number }[] }>("/api/queues");
    return items.filter((queue) => queue.failed > 0);
  };
  expect(await failed()).toEqual([]);
}

/** One notification per version of each file, and at the subscriber's end one id and one body for each, however often. */
async function expectToldOnce({ pipeline, rows, requests }: Witnesses): Promise<void> {
  const listed: string[] = [];
  const files = await rows<{ id: string; version: number }>("select id, version from client_files");
  for (const { id, version } of files) {
    const { items } = await pipeline.api<Listed<Notification>>(`/api/notifications?clientFileId=${id}&limit=100`);
    expect(items.map((item) => item.version).sort((a, b) => a - b)).toEqual(oneTo(version));
    expect(items.filter(({ status }) => status !== "delivered")).toEqual([]);
    listed.push(...items.map((item) => item.id));
  }
  const seen = Map.groupBy(requests, ({ headers }) => String(headers["webhook-id"]));
  expect([...seen.keys()].sort()).toEqual(listed.sort());
  const bodies = [...seen.values()].map((same) => new Set(same.map(({ body }) => body)));
  expect(bodies.filter(({ size }) => size !== 1)).toEqual([]);
  expect(repeated(bodies.map(([body = ""]) => versionIn(body)))).toEqual([]);
}

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

function versionIn(body: string): string {
  const { data } = JSON.parse(body) as { data: { clientFileId: string; version: number } };
  return `${data.clientFileId} ${data.version}`;
}

/** The worker says so after the commit: twice for one delivery and file would be two commits. */
function applicationsIn({ logs }: SpawnedApp): string[] {
  return eventsIn(logs, "delivery-applied").map(({ deliveryId, clientFileId }) => `${deliveryId} ${clientFileId}`);
}

export function eventsIn(logs: readonly string[], event: string): Record<string, unknown>[] {
  const lines = logs.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter((line) => line.event === event);
}

function repeated(values: readonly string[]): string[] {
  return [...Map.groupBy(values, (value) => value)].filter(([, same]) => same.length > 1).map(([value]) => value);
}
