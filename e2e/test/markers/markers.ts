/** What is planted: words that nothing else contains, so that one search finds every text that one of them is part of. */
export const markers = {
  /** A person's: names, addresses, answers of registries, links that open a picture. */
  name: "zzqwaxmarkervq",
  accented: "Ñzzqwâxœ",
  digits: "8675309417",
  secret: "zzqwaxsecretvq",
  /** Ids, states and words that are no person's, but that anybody may fill with anything. They may be rows, and nothing else. */
  fact: "zzqwaxfactvq",
} as const;
export type MarkerName = keyof typeof markers;

const ALIGNMENTS = [0, 1, 2];

/** The middle of what base64 makes of it, wherever in a longer text it stands: the ends depend on the neighbours. */
function inBase64(text: string): string[] {
  return ALIGNMENTS.map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString("base64");
    const whole = Math.floor((before + Buffer.byteLength(text)) / 3) * 4;
    return encoded.slice(before === 0 ? 0 : 4, whole);
  });
}

const each = (text: string, write: (unit: string) => string) => [...text].map(write).join("");
const hex = (text: string) => Buffer.from(text).toString("hex");
const bytesInPercent = (text: string) => hex(text).replace(/../g, "%$&");
const escaped = (text: string, isEscaped: (unit: string) => boolean) =>
  each(text, (unit) => (isEscaped(unit) ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : unit));

/** How a text looks to whoever writes it in one of these forms. */
export function formsOf(text: string): Record<string, Buffer[]> {
  const utf8 = (...texts: string[]) => texts.map((one) => Buffer.from(one));
  return {
    plain: utf8(text),
    base64: utf8(...inBase64(text)),
    hex: utf8(hex(text)),
    percent: utf8(encodeURIComponent(text), bytesInPercent(text)),
    json: utf8(
      escaped(text, () => true),
      escaped(text, (unit) => unit > "\x7f"),
    ),
    utf16: [Buffer.from(text, "utf16le")],
  };
}

const AROUND = 40;

/** Where any of these markers stands in any form, in upper or lower case: a line for the first place of each. */
export function findMarkers(
  where: string,
  haystack: string | Buffer,
  names: readonly MarkerName[] = Object.keys(markers) as MarkerName[],
): string[] {
  const bytes = Buffer.from(haystack as string);
  const lower = lowered(bytes);
  return names.flatMap((name) =>
    Object.entries(formsOf(markers[name])).flatMap(([form, needles]) => {
      // Base64 tells by the case of its letters; nothing else does.
      const found = needles.map((needle) =>
        form === "base64" ? bytes.indexOf(needle) : lower.indexOf(lowered(needle)),
      );
      const at = found.find((position) => position >= 0);
      return at === undefined ? [] : [`${where}: ${name} in ${form}: ${excerpt(bytes, at)}`];
    }),
  );
}

/** Of letters beyond ASCII the bytes change, too: those of both sides, and alike. */
const lowered = (bytes: Buffer): Buffer => Buffer.from(bytes.toString("latin1").toLowerCase(), "latin1");
const excerpt = (bytes: Buffer, at: number): string =>
  JSON.stringify(bytes.subarray(Math.max(0, at - AROUND), at + AROUND).toString("latin1"));
