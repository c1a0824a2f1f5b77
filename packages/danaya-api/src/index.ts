export { apiCredential } from "./api-credential.ts";
export { apiUrl } from "./api-url.ts";
export { type Answer, type DanayaApi, type DanayaApiOptions, openDanayaApi } from "./open-danaya-api.ts";
