import { describe, expect, test } from "vitest";
import { z } from "zod";
import { deliveryTypes, incomingJsonSchemas, outgoingJsonSchema } from "../src/index.ts";
import { bodyOf, namesOf, sampleWith } from "./bodies.ts";
import { notificationOf } from "./notifications.ts";

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

const isValid = (schema: object, value: unknown): boolean =>
  z.fromJSONSchema(schema as JsonSchema).safeParse(value).success;

const incoming = incomingJsonSchemas();

describe("the exported schemas of the provider's messages", () => {
  test("there is one per delivery type, in draft 2020-12 and titled by the type", () => {
    expect(Object.keys(incoming)).toEqual([...deliveryTypes]);
    for (const type of deliveryTypes) {
      expect(incoming[type]).toMatchObject({ title: type, $schema: "https://json-schema.org/draft/2020-12/schema" });
    }
  });

  test.each(namesOf("danaya"))("%s validates against its type's", (name) => {
    const body = bodyOf(`danaya/${name}`);
    const type = deliveryTypes.find((candidate) => candidate === body.messageType) ?? "FLAT_CLIENT_FILE";
    expect(isValid(incoming[type], body)).toBe(true);
  });

  test.each(["07-payload-id-missing", "09-unsafe-integer-id", "11-timestamp-unparseable"])(
    "%s does not, because they say what is essential",
    (name) => expect(isValid(incoming.CLIENT_FILE_STATUS_CHANGED, bodyOf(`bad/${name}`))).toBe(false),
  );

  test("one type's message isn't another's", () => {
    const status = bodyOf("danaya/documented-client-file-status-changed");
    expect(isValid(incoming.ANALYSIS_RESULT, status)).toBe(false);
  });

  test("objects are open, because the provider adds keys", () => {
    expect(JSON.stringify(incoming)).not.toContain('"additionalProperties":false');
    expect(isValid(incoming.ANALYSIS_RESULT, sampleWith("ANALYSIS_RESULT", "payload.newKey", 1))).toBe(true);
  });
});

describe("the exported schema of our notifications", () => {
  test("a notification validates against it, and one without its data does not", () => {
    const body = notificationOf("client_file.approved");
    expect(isValid(outgoingJsonSchema(), body)).toBe(true);
    expect(isValid(outgoingJsonSchema(), { ...body, data: {} })).toBe(false);
  });

  test("objects are open, so that a subscriber who validates survives a key we add", () => {
    expect(JSON.stringify(outgoingJsonSchema())).not.toContain('"additionalProperties":false');
  });
});
