import type { OpenSet } from "../fields/open-set.ts";

/** What kinds of things the provider may send that the contract doesn't know. A `message-type` comes as a quarantined delivery. */
export type DriftKind = "field" | "message-type" | OpenSet;

/**
 * One thing that the contract doesn't know, by its name: of a field its path without indexes (`payload.documents[].newField`), of a
 * word of an open set the word. Never what it says. A name that may be more than a name stands as `(unprintable)`.
 */
export type Drift = { kind: DriftKind; name: string };

const UNPRINTABLE = "(unprintable)";
/** Stands for the names beyond a bound. */
export const MORE = "(more)";

/** A key of a few hundred of Danaya's, or one of its words. Four digits in a row may be a number that is somebody's. */
const FIELD = /^(?!.*\d{4})[A-Za-z_$][A-Za-z0-9_$-]{0,63}$/;
const WORD = /^(?!.*\d{4})[A-Z][A-Z0-9_]{0,63}$/;

export const printableField = (key: string): string => (FIELD.test(key) ? key : UNPRINTABLE);
export const printableWord = (word: string): string => (WORD.test(word) ? word : UNPRINTABLE);
