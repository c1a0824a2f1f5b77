import { z } from "zod";

const MAX_SCORE_CHARACTERS = 32;
/** `0.94`, `94,5`, `94 %`, `9.4e-1`. Two runs of spaces that may meet would be parted in every way there is. */
const NUMBER_LIKE = /^\s*[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?(?:\s*%)?\s*$/;
const rule = `must be a number, or a text of at most ${MAX_SCORE_CHARACTERS} characters that reads as one`;

/**
 * As sent: 0–1, 0–100, or a string, at times with a comma. Two fields' scores are not on one scale. Any other text is no score:
 * scores are kept outside of the body, where a name must not slip in.
 */
export const rawScore = z.union([
  z.number(),
  z.string().max(MAX_SCORE_CHARACTERS, { error: rule, abort: true }).regex(NUMBER_LIKE, { error: rule }),
]);
export type RawScore = z.output<typeof rawScore>;
