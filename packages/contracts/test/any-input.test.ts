import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classify, type DeliveryType, deliveryTypes } from "../src/index.ts";
import { bodyOf, bytesOf, classifyBody, encode, type Json, namesOf } from "./bodies.ts";

const danaya = namesOf("danaya").map((name) => `danaya/${name}`);
const kinds = ["not-json", "unusable", "message"];

const MARKER = "Awa-Koné-CI000000105";
const MARKER_NUMBER = 8675309.25;
const contractKeys = [
  "messageType",
  "companyId",
  "timestamp",
  "payload",
  "id",
  "status",
  "documents",
  "company",
  "createdAt",
];
const hostileKeys = ["__proto__", "constructor", "prototype"];

/** JSON that looks like a message here and there, and bears a marker wherever it isn't one. */
const markedJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Json>(MARKER, MARKER_NUMBER, -MARKER_NUMBER, `${MARKER}\0`, null, true, 456, ...deliveryTypes),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.constantFrom(...contractKeys, ...hostileKeys, MARKER, "clientFileToAnalyzeId"), tie("value")),
        {
          maxLength: 6,
        },
      )
      .map(Object.fromEntries),
  ),
})).value;

type Path = readonly (string | number)[];

const pathsOf = (value: Json, at: Path = []): Path[] => {
  if (typeof value !== "object" || value === null) return [at];
  return [
    at,
    ...Object.keys(value).flatMap((key) => pathsOf((value as { [key: string]: Json })[key] ?? null, [...at, key])),
  ];
};

/** The body with what stands at this path replaced. */
function replaced(body: Json, [key, ...rest]: Path, value: Json): Json {
  if (key === undefined) return value;
  const copy = structuredClone(body) as { [key: string]: Json };
  copy[key] = replaced(copy[key] ?? null, rest, value);
  return copy;
}

const fixtureAndPath = (isChosen: (type: DeliveryType, path: string) => boolean) =>
  fc.constantFrom(...danaya).chain((name) => {
    const body = bodyOf(name);
    const type = (body.messageType ?? "FLAT_CLIENT_FILE") as DeliveryType;
    const paths = pathsOf(body).filter((path) => isChosen(type, path.join(".")));
    return fc.record({ body: fc.constant<Json>(body), path: fc.constantFrom(...paths) });
  });

describe("classify takes anything", () => {
  test("any bytes at all are classified", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(kinds).toContain(classify(bytes).kind);
      }),
      { numRuns: 2_000 },
    );
  });

  test("any JSON at all is classified, and never as not-json", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 40 }), (text) => {
        expect(classify(encode(text)).kind).not.toBe("not-json");
      }),
      { numRuns: 1_000 },
    );
  });

  test("a message damaged in some bytes is classified", () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...danaya), damage, (name, changes) => {
        const bytes = Uint8Array.from(bytesOf(name));
        for (const [position, byte] of changes) bytes[position % bytes.length] = byte;
        expect(kinds).toContain(classify(bytes).kind);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a problem never repeats what was sent, because problems are logged and answered", () => {
  const expectNoMarker = (bytes: Uint8Array): void => {
    const classification = classify(bytes);
    if (classification.kind === "message") return;
    const told = JSON.stringify(classification.problems);
    expect(told).not.toContain("Awa");
    expect(told).not.toContain("8675309");
  };

  test("in JSON that is nearly a message", () => {
    fc.assert(
      fc.property(markedJson, (value) => expectNoMarker(encode(JSON.stringify(value)))),
      { numRuns: 3_000 },
    );
  });

  test("in a message with anything in the place of any field", () => {
    fc.assert(
      fc.property(
        fixtureAndPath(() => true),
        markedJson,
        ({ body, path }, value) => expectNoMarker(encode(JSON.stringify(replaced(body, path, value)))),
      ),
      { numRuns: 3_000 },
    );
  });

  test("in text that breaks off", () => {
    fc.assert(
      fc.property(markedJson, fc.nat(), (value, at) => {
        const bytes = encode(JSON.stringify([MARKER, value]));
        expectNoMarker(bytes.subarray(0, at % bytes.length));
      }),
    );
  });
});

describe("what informs fails nothing", () => {
  // Each with its ancestors. company.id is no information: it must not contradict companyId.
  const enveloped = ["companyId", "messageType", "timestamp", "payload.id", "payload.company.id"];
  const essential: Record<DeliveryType, RegExp[]> = {
    DOCUMENT_TO_ANALYSE_RECEIVED: [],
    ANALYSIS_RESULT: [],
    CLIENT_FILE_STATUS_CHANGED: [/^payload\.status$/],
    RETRY_DOCUMENT_VERIFICATION: [/^payload\.documents(\.\d+)?$/],
    FLAT_CLIENT_FILE: [/^(id|clientFileToAnalyzeId|createdAt|company|company\.id)$/],
  };
  const isInformational = (type: DeliveryType, path: string): boolean =>
    path !== "" &&
    path !== "payload" &&
    !(type !== "FLAT_CLIENT_FILE" && enveloped.includes(path)) &&
    !essential[type].some((pattern) => pattern.test(path));

  /** Any JSON whose keys are neither hostile nor the id of another account. */
  const harmlessJson = fc
    .jsonValue({ maxDepth: 8 })
    .filter((value) => !/"(__proto__|constructor|prototype|id)":/.test(JSON.stringify(value)))
    .map((value) => value as Json);

  test("a message stays a message whatever stands in an informational field", () => {
    fc.assert(
      fc.property(fixtureAndPath(isInformational), harmlessJson, ({ body, path }, value) => {
        const before = classifyBody(body);
        const after = classifyBody(replaced(body, path, value));
        if (before.kind !== "message" || after.kind !== "message") throw new Error(JSON.stringify(after));
        const { type, companyId, occurredAt, payload } = after.message;
        expect({ type, companyId, occurredAt, id: payload.id }).toEqual({
          type: before.message.type,
          companyId: before.message.companyId,
          occurredAt: before.message.occurredAt,
          id: before.message.payload.id,
        });
      }),
      { numRuns: 3_000 },
    );
  });
});
