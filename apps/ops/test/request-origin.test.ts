import { describe, expect, test } from "vitest";
import { requestOriginOf } from "../src/authentication/request-origin.ts";
import { localPath } from "../src/pages/log-in.ts";

describe("where a request comes from", () => {
  test.each([
    ["the browser says the same site's page", { "sec-fetch-site": "same-origin", host: "ops:3001" }, "same"],
    [
      "the browser says a sister site",
      { "sec-fetch-site": "same-site", origin: "http://ops:3001", host: "ops:3001" },
      "foreign",
    ],
    ["the browser says another site", { "sec-fetch-site": "cross-site", host: "ops:3001" }, "foreign"],
    ["an older browser names this host", { origin: "http://ops:3001", host: "ops:3001" }, "same"],
    ["an older browser names another port", { origin: "http://ops:3002", host: "ops:3001" }, "foreign"],
    ["a sandboxed page names nothing", { origin: "null", host: "ops:3001" }, "foreign"],
    [
      "a proxy shows this process under its public name",
      { origin: "https://ops.example.org", host: "10.0.0.7:3001" },
      "same",
    ],
    ["a program says nothing", { host: "ops:3001" }, "untold"],
  ])("when %s", (_when, headers, origin) => {
    expect(requestOriginOf(headers, "https://ops.example.org")).toBe(origin);
  });
});

describe("where a log-in leads", () => {
  test.each([
    ["/deliveries?status=failed", "/deliveries?status=failed"],
    ["https://evil.example/", "/"],
    ["//evil.example/", "/"],
    ["/\\evil.example/", "/"],
    ["/..//evil.example/", "/evil.example/"],
    ["/.//evil.example", "/evil.example"],
    ["javascript:alert(1)", "/"],
    [["/a", "/b"], "/"],
    [undefined, "/"],
  ])("from %j to %s, because a link to the log-in page must not lead elsewhere", (next, path) => {
    expect(localPath(next)).toBe(path);
  });
});
