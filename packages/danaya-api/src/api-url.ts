import { explain, fields } from "@receiver/runtime";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** `DANAYA_API_URL`. Plain http is for a stand-in on the same machine: every request bears the secret. */
export const apiUrl = fields.httpUrl.refine(isSafeForSecrets, {
  error: explain({ rule: "must be an https URL: each request bears the API's secret", fix: "Begin it with https://" }),
});

function isSafeForSecrets(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || LOOPBACK.includes(url?.hostname ?? "");
}
