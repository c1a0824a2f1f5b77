import { type Check, noRows } from "./check.ts";

/** Rows that still wait for something, or gave up. A follow-up's time is half an hour away: those may wait. */
export const pending = noRows(
  `select concat('delivery ', id, ' is ', status, ', ', message_type, ', error ', coalesce(error_code, 'none')) as what
    from deliveries where status in ('pending', 'failed')
    union all
    select concat('delivery ', id, ' is quarantined and nobody was told') from deliveries
    where status = 'quarantined' and not quarantine_told
    union all
    select concat('notification ', id, ' is ', status, ' after ', attempts, ' attempts') from notifications
    where status <> 'delivered'`,
);

/** What no fault excuses: a good body refused, a bad one taken. */
export const answers: Check = async ({ correspondence }) => correspondence.wrong;

/** Every delivery was answered in the end. */
export const unanswered: Check = async ({ correspondence, traffic }) => {
  const silent = traffic.postings.filter(({ id }) => !correspondence.answered.has(id)).map(({ id }) => id);
  return [...new Set(silent)];
};

/** Nothing that happens around a process ends it. */
export const endedByItself: Check = async ({ incidents }) => [...incidents];
