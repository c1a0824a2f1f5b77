import { expect, test } from "vitest";
import { type DurabilityFacts, weaknessesIn } from "../src/durability/weaknesses.ts";

const alone: DurabilityFacts = {
  fsync: "on",
  fullPageWrites: "on",
  synchronousCommit: "on",
  synchronousStandbyNames: "",
  inRecovery: false,
  standbys: [],
};
const named = { ...alone, synchronousStandbyNames: "ANY 1 (b, c)", standbys: ["quorum", "quorum"] };

test.each<[string, DurabilityFacts, string[]]>([
  ["a server alone, with Postgres' defaults", alone, []],
  ["local, where no standby is to be waited for", { ...alone, synchronousCommit: "local" }, []],
  ["fsync off", { ...alone, fsync: "off" }, ["fsync-off"]],
  ["full_page_writes off: a torn page is not mended", { ...alone, fullPageWrites: "off" }, ["full-page-writes-off"]],
  [
    "commits that are answered before they are on disk",
    { ...alone, synchronousCommit: "off" },
    ["commit-not-synchronous"],
  ],
  ["a standby that nobody waits for", { ...alone, standbys: ["async"] }, ["standby-not-synchronous"]],
  [
    "a standby of which our role knows nothing but that it is there",
    { ...alone, standbys: [null] },
    ["standby-not-synchronous"],
  ],
  ["synchronous standbys", named, []],
  ["synchronous standbys of which our role knows nothing", { ...named, standbys: [null] }, []],
  ["a reporting standby beside a synchronous one", { ...named, standbys: ["sync", "async"] }, []],
  ["named standbys that are away: commits wait", { ...named, standbys: [] }, []],
  [
    "named standbys that our commits don't wait for",
    { ...named, synchronousCommit: "local" },
    ["standby-not-synchronous"],
  ],
  ["a standby that has it in memory only", { ...named, synchronousCommit: "remote_write" }, ["standby-not-flushed"]],
  [
    "commits that wait for nothing, with standbys named",
    { ...named, synchronousCommit: "off" },
    ["commit-not-synchronous", "standby-not-synchronous"],
  ],
  ["a standby itself", { ...alone, inRecovery: true }, ["in-recovery"]],
])("%s", (_what, facts, codes) => {
  expect(weaknessesIn(facts)).toEqual(codes);
});
