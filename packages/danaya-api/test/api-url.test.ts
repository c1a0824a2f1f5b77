import { expect, test } from "vitest";
import { apiUrl } from "../src/index.ts";

test.each([
  ["https://api.example.org", true],
  ["https://api.example.org/base/", true],
  ["http://127.0.0.1:8080", true],
  ["http://localhost:8080", true],
  ["http://api.example.org", false], // every request bears the secret
  ["http://127.0.0.1.example.org", false],
  ["ftp://api.example.org", false],
  ["api.example.org", false],
])("DANAYA_API_URL may be %s: %s", (url, allowed) => {
  expect(apiUrl.safeParse(url).success).toBe(allowed);
});
