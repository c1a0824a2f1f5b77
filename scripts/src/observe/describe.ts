import { alignColumns, alignLeft } from "../command-line/align-columns.ts";
import { describeDrift } from "../drift/describe.ts";
import type { ForetoldFile } from "../replay/foretell.ts";
import type { Observed } from "./foretell-all.ts";

/** Of a list of ids: enough to begin with. The JSON has all of them. */
const LINES_MAX = 20;

/** The report for people: tables, in the order in which an operator asks. */
export function describeObserved(observed: Observed): string[] {
  const { pending, applied, refused, failing, files, notifications, followUps, quarantined, drift } = observed;
  const looked = applied.length + refused.length + failing.length;
  return [
    `${pending} deliveries wait; looked at ${looked}${looked < pending ? ": --limit looks at more" : ""}`,
    ...section(
      "would be applied",
      ["deliveries", "number"],
      countBy(applied, ({ messageType }) => messageType),
    ),
    ...section("client files would end as", ["state", "opened", "changed"], statesOf(files)),
    ...section(
      "with flags",
      ["flag", "files"],
      countBy(
        files.flatMap(({ flags }) => flags.after),
        String,
      ),
    ),
    ...section("would be told", ["notification", "subscriber", "number"], notifications.map(notificationRow)),
    ...(notifications.length === 0 ? ["", "nobody would be told: no subscriber wants any of it"] : []),
    ...(followUps > 0 ? ["", `${followUps} timers of retries would be started (ask, remind, escalate)`] : []),
    ...section(
      "would not be applied",
      ["delivery", "why"],
      [
        ...refused.map((id) => [id, "today's contract, or the list of companies, refuses it"]),
        ...failing.map(({ deliveryId, code }) => [deliveryId, code]),
      ],
    ),
    ...section("are quarantined already", ["type", "number", "why", "the first"], quarantined.map(quarantinedRow)),
    ...(drift.length > 0 ? ["", "the contract does not know", ...describeDrift(drift)] : []),
    "",
    "nothing was changed",
  ];
}

type Rows = readonly (readonly string[])[];

function section(title: string, head: readonly string[], rows: Rows): string[] {
  if (rows.length === 0) return [];
  const rest = rows.length - LINES_MAX;
  const isCounts = rows.every((row) => row.slice(1).every((cell) => /^\d+$/.test(cell)));
  const table = [head, ...rows.slice(0, LINES_MAX)];
  return [
    "",
    title,
    ...(isCounts ? alignColumns(table) : alignLeft(table)),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): string[][] {
  const groups = Map.groupBy(items, keyOf);
  return [...groups].map(([key, group]) => [key, String(group.length)]).sort();
}

function statesOf(files: readonly ForetoldFile[]): string[][] {
  const groups = [...Map.groupBy(files, ({ state }) => state.after)];
  return groups.map(([state, group]) => {
    const opened = group.filter((file) => file.state.before === null).length;
    return [state, String(opened), String(group.length - opened)];
  });
}

const notificationRow = ({ type, subscriber, count }: Observed["notifications"][number]): string[] => [
  ...[type, subscriber, String(count)],
];

const quarantinedRow = ({ messageType, count, path, rule, deliveryId }: Observed["quarantined"][number]): string[] => [
  ...[messageType ?? "–", String(count), `${path}: ${rule}`, deliveryId],
];
