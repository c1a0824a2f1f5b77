import { text } from "./text.ts";

/** The provider's vocabularies. All are open: an unknown word is stored, flagged or ignored, and never refused. */
export type OpenSet = "status" | "document-type" | "verification-type" | "verification-status" | "error-code";

/** A word of an open set: any text passes. `known`: those that are documented or were seen; the JSON Schema gives them as examples. */
const wordOf = (set: OpenSet, known: readonly string[]) => text.meta({ title: set, examples: [...known] });

export const statusWord = wordOf("status", ["A_TRAITER", "VALIDER", "ANALYZED", "IN_PROGRESS"]);

export const documentTypeWord = wordOf("document-type", [
  ...["CNI", "PASSEPORT", "CARTE_RESIDENT", "CARTE_CONSULAIRE", "PERMIS_CONDUIRE", "SELFIE", "AUTRE", "DFE", "RCCM"],
  ...["ENTREPRENEUR_CARD", "AUTRE_ENTREPRISE", "CARTE_GRISE"],
]);

const verifications = ["MRZ", "DB", "BD", "EXPIRATION", "PEP", "FACE_MATCH", "SANCTION", "MEDIA", "TEMPLATE"];
/** Both spellings of each are in use. */
export const verificationTypeWord = wordOf(
  "verification-type",
  verifications.flatMap((name) => [name, `${name}_CHECK`]),
);

export const verificationStatusWord = wordOf("verification-status", ["EXECUTED", "RETRY"]);

export const errorCodeWord = wordOf("error-code", ["DUPLICATED_EXTERNAL_IDS"]);
