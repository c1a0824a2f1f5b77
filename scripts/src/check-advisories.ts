import { execFile } from "node:child_process";
import { readAudit } from "./advisories/read-audit.ts";

/** `npm run advisories`: fails when a package that runs in production has a known weakness of severity high or critical. */
const PATIENCE_MS = 60_000;
const command = ["audit", "--omit=dev", "--json", "--fetch-retries=0"];

const output = await new Promise<string>((resolve) => {
  // npm ends with 1 where there is anything to tell: what it printed counts.
  execFile("npm", command, { timeout: PATIENCE_MS, maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout));
});
const verdict = readAudit(output);
if (verdict.kind === "not-checked") {
  console.log(`advisories: not checked (${verdict.why})`);
} else {
  for (const { name, severity } of verdict.serious) console.error(`${name}: ${severity}`);
  console.log(`advisories: ${verdict.serious.length} high or critical, ${verdict.others} others; npm audit tells more`);
  if (verdict.serious.length > 0) process.exitCode = 1;
}
