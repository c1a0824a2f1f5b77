import type { Answer, Ledger } from "@receiver/ledger";
import { alignColumns } from "../command-line/align-columns.ts";

type RetentionReport = Answer<Ledger["retention"]["report"]>;
type Due = RetentionReport["evidence"]["files"];

/** The report for people. Reasons of holds are shown: whoever runs this may read the database. */
export function describeReport({ at, operational, evidence, holds }: RetentionReport): string {
  const { deliveryBodies, notifications, sightings } = operational;
  return [
    `retention at ${at}`,
    "",
    `operational: older than ${operational.before}`,
    ...alignColumns([
      ["what", "due", "oldest"],
      dueRow("bodies of failed and quarantined deliveries", deliveryBodies),
      dueRow("settled notifications, with their attempts", notifications),
      dueRow("sightings", sightings),
    ]),
    "",
    `evidence: relationship ended before ${evidence.before}`,
    ...alignColumns([["what", "due", "oldest"], dueRow("files", evidence.files)]),
    ...alignColumns([
      ["kept", "files"],
      ["under a legal hold", String(evidence.heldBack)],
      ["an id or another file is not closed for as long, or had events since", String(evidence.relationshipGoesOn)],
      ["without a closing date: for ever", String(evidence.withoutClosingDate)],
    ]),
    ...(holds.total === 0 ? [] : ["", `legal holds: ${holds.total}`, ...holds.files.map(holdLine)]),
  ].join("\n");
}

const dueRow = (what: string, { due, oldest }: Due): string[] => [what, String(due), oldest?.slice(0, 10) ?? "–"];

const holdLine = ({ clientFileId, since, by, reason }: RetentionReport["holds"]["files"][number]): string =>
  `  ${clientFileId} since ${since.slice(0, 10)} by ${by}: ${reason}`;

export function describeErased(erased: Answer<Ledger["retention"]["run"]>["erased"], finished: boolean): string {
  const { deliveryBodies, notifications, sightings, files } = erased;
  const counts = `${files} files, ${deliveryBodies} bodies, ${notifications} notifications, ${sightings} sightings`;
  return `erased ${counts}${finished ? "" : "; interrupted: the same command goes on"}`;
}
