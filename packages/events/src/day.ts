const DAY_MS = 86_400_000;

/** Earlier years are misread digits: no document in use ran out before. */
const FIRST_YEAR = 1900;

/** A calendar day, `2026-12-20`. Sorts as text. */
export type Day = string;

/** The day with these digits, or null where the calendar has none. `year` has four digits, the others two. */
export function dayFromDigits(year: string, month: string, date: string): Day | null {
  const day = `${year}-${month}-${date}`;
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms) || Number(year) < FIRST_YEAR) return null;
  // Date.parse carries 30 February over into March: an existing day reads back as itself.
  return dayInAbidjan(ms) === day ? day : null;
}

/** The day in Africa/Abidjan, which is at UTC+0 all year. `ms` since 1970. */
export const dayInAbidjan = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** Whole days from `today` to `day`; negative once it is past. */
export const daysUntil = (day: Day, today: Day): number => (Date.parse(day) - Date.parse(today)) / DAY_MS;
