import { z } from "zod";
import { text } from "./text.ts";

/** As sent: 0–1, 0–100, or a string, at times with a comma. Two fields' scores are not on one scale. */
export const rawScore = z.union([z.number(), text]);
export type RawScore = z.output<typeof rawScore>;
