import { explain } from "@receiver/runtime";
import { z } from "zod";

const error = explain({
  rule: "must be printable characters without spaces: it goes into a header",
  fix: "Copy it from Danaya's dashboard again",
});

/** `DANAYA_API_KEY` and `DANAYA_API_SECRET`. */
export const apiCredential = z.string({ error }).regex(/^[!-~]+$/, { error });
