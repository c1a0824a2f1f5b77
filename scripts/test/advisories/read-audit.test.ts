import { describe, expect, test } from "vitest";
import { readAudit } from "../../src/advisories/read-audit.ts";

const report = (severities: Record<string, string>) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(
      Object.entries(severities).map(([name, severity]) => [name, { name, severity, via: [], range: "*" }]),
    ),
    metadata: { vulnerabilities: { total: Object.keys(severities).length }, dependencies: { total: 300 } },
  });

describe("what npm audit says", () => {
  test("is clean when nothing is known", () => {
    expect(readAudit(report({}))).toEqual({ kind: "checked", serious: [], others: 0 });
  });

  test("is serious from high on; the rest is counted", () => {
    expect(readAudit(report({ a: "low", b: "high", c: "moderate", d: "critical" }))).toEqual({
      kind: "checked",
      serious: [
        { name: "b", severity: "high" },
        { name: "d", severity: "critical" },
      ],
      others: 2,
    });
  });

  test.each([
    [
      "a mirror without advisories",
      '{"message":"405 Method Not Allowed","statusCode":405,"error":{"summary":""}}',
      "405",
    ],
    ["no network", '{"message":"request to https://registry.npmjs.org failed","error":{}}', "failed"],
    ["nothing", "", "no report"],
    ["half a report", report({ a: "high" }).slice(0, 40), "no report"],
    ["a report of another form", '{"advisories":{}}', "no report"],
  ])("is not checked rather than clean: %s", (_what, output, why) => {
    expect(readAudit(output)).toEqual({ kind: "not-checked", why: expect.stringContaining(why) });
  });
});
