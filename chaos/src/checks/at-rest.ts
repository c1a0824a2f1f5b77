import { glob, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Check, noRows } from "./check.ts";

/** Rows that still wait for something, or gave up. Most follow-ups are not due for half an hour or longer; those of compliance are at once. */
const pendingRows = noRows(
  `select concat('delivery ', id, ' is ', status, ', ', message_type, ', error ', coalesce(error_code, 'none')) as what
    from deliveries where status in ('pending', 'failed')
    union all
    select concat('delivery ', id, ' is quarantined and nobody was told') from deliveries
    where status = 'quarantined' and not quarantine_told
    union all
    select concat('notification ', id, ' is ', status, ' after ', attempts, ' attempts') from notifications
    where status <> 'delivered'
    union all
    select concat('follow-up ', id, ' is pending since ', due_at) from follow_ups
    where status = 'pending' and due_at < now() - interval '10 seconds'`,
);

/** What the ingress keeps on disk until Postgres has it; a torn end that it set aside was answered to nobody. */
const spooled: Check = async ({ spoolDir }) => {
  const left: string[] = [];
  for await (const path of glob(join(spoolDir, "**/*.spool"))) {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0, // drained meanwhile
    );
    if (size > 0) left.push(`${size} bytes in ${path}`);
  }
  return left;
};

export const pending: Check = async (evidence) => [...(await pendingRows(evidence)), ...(await spooled(evidence))];

/** What no fault excuses: a good body refused, a bad one taken. */
export const answers: Check = async ({ correspondence }) => correspondence.wrong;

/** Every delivery was answered in the end. */
export const unanswered: Check = async ({ correspondence, traffic }) => {
  const silent = traffic.postings.filter(({ id }) => !correspondence.answered.has(id)).map(({ id }) => id);
  return [...new Set(silent)];
};

/** Nothing that happens around a process ends it. */
export const endedByItself: Check = async ({ incidents }) => [...incidents];
