import type { DeliveryType } from "@receiver/contracts";
import type { InventedDocument, InventedFile } from "./invented-file.ts";
import type { Random } from "./seeded-random.ts";

/** A body before it is bytes. */
export type Body = Record<string, unknown>;

/** What a RETRY message asks to repeat, and how often it did by now. */
export type Retry = { document: InventedDocument; verification: string; attempt: number };

const DAY_MS = 86_400_000;
/** Scores of those who are approved and of the others, in percent. */
const GOOD: [number, number] = [80, 99];
const POOR: [number, number] = [10, 60];

/** Both spellings of each are in use; a business document is looked up, a person's is looked at. */
const retryVerifications = {
  FACE_MATCH: 35,
  FACE_MATCH_CHECK: 10,
  MRZ_CHECK: 20,
  TEMPLATE_CHECK: 10,
  EXPIRATION_CHECK: 10,
  DB_CHECK: 6,
  BD_CHECK: 6,
  SANCTION_CHECK: 3,
};
const refusals = ["REJETER", "REJETE", "REFUSER"] as const;

export const drawRefusal = (random: Random): string => random.pick(refusals);

/** What an analysis that found no fault says. */
export const drawAnalysed = (random: Random): string => (random.percent(80) ? "ANALYZED" : "A_TRAITER");

export function drawVerification(random: Random): string {
  return random.weighted(retryVerifications);
}

export function uploadMessage(file: InventedFile, random: Random): Body {
  const documents = file.documents.map(({ uuid, type, scans }) => ({ id: uuid, type, filesToAnalyse: scans }));
  const { uuid, externalId, danaDropId, openedAt } = file;
  const payload = { id: uuid, externalId, createdAt: iso(openedAt), danaDropId, additionalData: {}, documents };
  return envelope("DOCUMENT_TO_ANALYSE_RECEIVED", file, openedAt, payload, random);
}

export function retryMessage(file: InventedFile, at: number, retry: Retry, random: Random): Body {
  const { document, verification, attempt } = retry;
  const confidence = score(random, 40, 79);
  const result = { [random.pick(["verificationType", "type"])]: verification, status: "RETRY", confidence, attempt };
  const payload = {
    ...analysed(file, "IN_PROGRESS", random),
    documents: [{ id: document.number, type: document.type, verificationResults: [result], score: confidence }],
    errors: [],
  };
  return envelope("RETRY_DOCUMENT_VERIFICATION", file, at, payload, random);
}

export function analysisMessage(
  file: InventedFile,
  at: number,
  random: Random,
  status: string = drawAnalysed(random),
): Body {
  const payload = { ...analysed(file, status, random), documents: readDocuments(file, random) };
  return envelope("ANALYSIS_RESULT", file, at, payload, random);
}

/** Its `createdAt` is its only time, and bears no zone. */
export function flatMessage(file: InventedFile, at: number, random: Random, status = "A_TRAITER"): Body {
  return {
    ...analysed(file, status, random),
    createdAt: iso(at).replace("T", " ").replace("Z", ""),
    clientFileToAnalyzeId: file.uuid,
    additionalData: {},
    errors: [],
    documents: readDocuments(file, random),
  };
}

export function decisionMessage(
  file: InventedFile,
  at: number,
  decision: "approval" | "refusal",
  random: Random,
): Body {
  return statusMessage(file, at, decision === "approval" ? "VALIDER" : drawRefusal(random), random);
}

export function statusMessage(file: InventedFile, at: number, status: string, random: Random): Body {
  const payload = { id: file.number, status, score: score(random, ...(status === "VALIDER" ? GOOD : POOR)) };
  return envelope("CLIENT_FILE_STATUS_CHANGED", file, at, payload, random);
}

function envelope(messageType: DeliveryType, file: InventedFile, at: number, payload: Body, random: Random): Body {
  return { webhookId: random.uuid(), companyId: file.companyId, messageType, timestamp: iso(at), payload };
}

function analysed(file: InventedFile, status: string, random: Random): Body {
  const { number, openedAt, companyId, externalId } = file;
  const company = { id: companyId, name: "Lagune Microfinance SA" };
  return { id: number, createdAt: iso(openedAt), status, company, externalId, score: score(random, 40, 99) };
}

function readDocuments(file: InventedFile, random: Random): Body[] {
  return file.documents.map(({ number, type }) => ({
    id: number,
    type,
    ...(type !== "SELFIE" && { ocrExtractedData: readText(file, type, random) }),
    verificationResults: [],
    score: score(random, 70, 99),
  }));
}

/** Keys come in both spellings; business documents don't expire. */
function readText(file: InventedFile, type: string, random: Random): Body {
  const { firstName, lastName, documentNumber } = file.person;
  if (type === "RCCM" || type === "DFE") return { companyName: "SOCIETE SIMULEE SARL" };
  const expiry = iso(file.openedAt + drawDaysOfValidity(random) * DAY_MS).slice(0, 10);
  if (random.percent(50)) return { documentNumber, firstName, lastName, documentExpiry: dayMonthYear(expiry) };
  return {
    document_number: documentNumber,
    first_name: firstName,
    last_name: lastName,
    document_expiry_yyyy_mm_dd: expiry,
  };
}

/** A few have expired, a few are about to. */
function drawDaysOfValidity(random: Random): number {
  if (random.percent(3)) return -random.whole(1, 400);
  return random.percent(5) ? random.whole(1, 60) : random.whole(200, 3_000);
}

const score = (random: Random, min: number, max: number): number => random.whole(min, max) / 100;
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
const dayMonthYear = (day: string): string => day.split("-").reverse().join("/");
