import { bytesOf, danaya, inventFile } from "@receiver/testing";

/** An hour ago: as deliveries are, and none of them dated oddly. */
const openedAt = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d{3}Z$/, "Z");

/** The deliveries of one file, from its upload to its approval. */
export function storyOf(seed: string): Buffer[] {
  const file = inventFile(seed, { openedAt });
  return [
    danaya.DOCUMENT_TO_ANALYSE_RECEIVED(file),
    danaya.RETRY_DOCUMENT_VERIFICATION(file),
    danaya.ANALYSIS_RESULT(file),
    danaya.CLIENT_FILE_STATUS_CHANGED(file),
  ].map(bytesOf);
}

/** Those of so many files. */
export const storiesOf = (seed: string, files: number): Buffer[] =>
  Array.from({ length: files }, (_, index) => storyOf(`${seed} ${index}`)).flat();

/** One delivery after the other, of one file after the other, none of them twice. */
export function endlessStories(seed: string): () => Buffer {
  let files = 0;
  let rest: Buffer[] = [];
  return () => {
    if (rest.length === 0) {
      files += 1;
      rest = storyOf(`${seed} ${files}`);
    }
    return rest.shift() as Buffer;
  };
}
