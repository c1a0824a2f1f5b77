import type { Traffic } from "../plan/plan-traffic.ts";
import type { Correspondence } from "../play/post-all.ts";
import type { Query } from "../world/start-services.ts";
import type { World } from "../world/start-world.ts";
import type { ToldSubscriber } from "../world/welcome-subscribers.ts";

/** All that is known when the product has come to rest: what was sent, what was answered, what was told, and the rows. */
export type Evidence = {
  traffic: Traffic;
  correspondence: Correspondence;
  subscribers: readonly ToldSubscriber[];
  incidents: readonly string[];
  /** The ingress' folder for what Postgres could not take. */
  spoolDir: string;
  /** What the product's bodies are sealed with. */
  masterKey: World["masterKey"];
  query: Query;
};

/** Answers whatever contradicts it, one line each: none when it holds. */
export type Check = (evidence: Evidence) => Promise<string[]>;

/** A check of rows: the statement selects offenders as `what`. */
export function noRows(sql: string, values: (evidence: Evidence) => unknown[] = () => []): Check {
  return async (evidence) => {
    const rows = await evidence.query<{ what: string }>(sql, values(evidence));
    return rows.map(({ what }) => what);
  };
}

export function idOf({ subscribers }: Evidence, name: ToldSubscriber["name"]): string {
  const found = subscribers.find((subscriber) => subscriber.name === name);
  if (!found) throw new Error(`no subscriber is named ${name}`);
  return found.id;
}
