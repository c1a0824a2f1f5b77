import { danaya, inventFile } from "@receiver/testing";

export const by = { actor: "awa", reason: "case 5" };
/** Of a contract that was narrower than today's. */
export const problems = [{ path: "payload.id", message: "must be shorter" }];
export const file = inventFile("replayed");
export const [upload, retry, analysis, approval] = [
  danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
  danaya.RETRY_DOCUMENT_VERIFICATION(file),
  danaya.ANALYSIS_RESULT(file),
  danaya.CLIENT_FILE_STATUS_CHANGED(file),
];
export const story = [upload, retry, analysis, approval];
