import { createHash } from "node:crypto";
import type { Random } from "./seeded-random.ts";

export type InventedDocument = {
  /** In the upload; the analysis gives the same document a number. */
  uuid: string;
  number: number;
  type: string;
  scans: { id: string; documentName: string }[];
};

/** A client file that never was. The person's data are made of the lists below. */
export type InventedFile = {
  kind: "KYC" | "KYB";
  companyId: number;
  uuid: string;
  number: number;
  externalId: string;
  danaDropId: string;
  openedAt: number;
  person: { firstName: string; lastName: string; documentNumber: string };
  documents: [InventedDocument, ...InventedDocument[]];
};

/** Where in a run a file stands, and when it was opened, in milliseconds since 1970. */
export type Place = { runId: string; index: number; openedAt: number };

const COMPANY_ID = 123; // that of Danaya's documented examples
const FILES_PER_RUN = 1_000_000;
const DOCUMENTS_PER_FILE = 10;
const KYB_PERCENT = 20;

const firstNames = ["Awa", "Koffi", "Mariam", "Yao", "Fatou", "Serge", "Adjoua", "Ibrahim"] as const;
const lastNames = ["KONE", "N'GUESSAN", "TRAORE", "KOUASSI", "DIABATE", "BAMBA", "AKA", "OUATTARA"] as const;
const identityDocuments = {
  CNI: 60,
  PASSEPORT: 15,
  PERMIS_CONDUIRE: 10,
  CARTE_RESIDENT: 10,
  CARTE_CONSULAIRE: 5,
};

/** What the ids of a run begin with: two runs share none. */
export function runIdOf(seed: string): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 8);
}

export function inventFile(random: Random, at: Place): InventedFile {
  const kind = random.percent(KYB_PERCENT) ? "KYB" : "KYC";
  const number = numberOf(at.runId, at.index);
  const identity = random.weighted(identityDocuments);
  const [first, ...others]: [string, ...string[]] =
    kind === "KYB" ? ["RCCM", "DFE", identity, "SELFIE"] : [identity, "SELFIE"];
  return {
    kind,
    companyId: COMPANY_ID,
    uuid: random.uuid(),
    number,
    externalId: `SIM-${at.runId}-${String(at.index + 1).padStart(6, "0")}`,
    danaDropId: random.uuid(),
    openedAt: at.openedAt,
    person: {
      firstName: random.pick(firstNames),
      lastName: random.pick(lastNames),
      documentNumber: `SIM${random.whole(100_000_000, 999_999_999)}`,
    },
    documents: inventDocuments(number, [first, ...others], random),
  };
}

/** The same person's documents once more, in a session of its own: the customer's reference is all that ties the two. */
export function inventResubmission(of: InventedFile, random: Random, at: Place): InventedFile {
  const number = numberOf(at.runId, at.index);
  const [first, ...others] = of.documents;
  const types: [string, ...string[]] = [first.type, ...others.map(({ type }) => type)];
  return {
    ...of,
    uuid: random.uuid(),
    number,
    danaDropId: random.uuid(),
    openedAt: at.openedAt,
    documents: inventDocuments(number, types, random),
  };
}

function inventDocuments(
  fileNumber: number,
  [first, ...others]: [string, ...string[]],
  random: Random,
): InventedFile["documents"] {
  const describe = (type: string, position: number): InventedDocument => ({
    uuid: random.uuid(),
    number: fileNumber * DOCUMENTS_PER_FILE + position,
    type,
    scans: sidesOf(type).map((side) => ({ id: random.uuid(), documentName: `${type.toLowerCase()}_${side}.jpg` })),
  });
  return [describe(first, 0), ...others.map((type, index) => describe(type, index + 1))];
}

/** 28 bits of the run, then the file, then (for its documents) one digit more: below 2^53, hence exact in JSON. */
function numberOf(runId: string, index: number): number {
  if (index >= FILES_PER_RUN) throw new RangeError(`a run has at most ${FILES_PER_RUN} files`);
  return (Number.parseInt(runId, 16) % 2 ** 28) * FILES_PER_RUN + index;
}

const sidesOf = (type: string): string[] =>
  type === "SELFIE" || type === "PASSEPORT" ? ["recto"] : ["recto", "verso"];
