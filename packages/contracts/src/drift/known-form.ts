import type { OpenSet } from "../fields/open-set.ts";
import { incomingJsonSchemas } from "../json-schemas.ts";
import type { DeliveryType } from "../message-types.ts";

/**
 * What the contract knows of a place in a message, read from its JSON Schema, so that a field that is added to a schema is known at
 * once. A place without `fields` is not looked into: it is a value, or a free object whose keys may be personal.
 */
export type KnownForm = {
  fields?: ReadonlyMap<string, KnownForm>;
  /** Of each entry of a list. */
  entry?: KnownForm;
  words?: { set: OpenSet; known: ReadonlySet<string> };
};

/** The part of JSON Schema that the exported schemas are made of. */
type Schema = {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  title?: string;
  examples?: string[];
};

let forms: Record<DeliveryType, KnownForm> | undefined;

/** Of a message of this type. Read from the schemas once, when it is first asked for. */
export function knownFormOf(type: DeliveryType): KnownForm {
  forms ??= readForms();
  return forms[type];
}

function readForms(): Record<DeliveryType, KnownForm> {
  const entries = Object.entries(incomingJsonSchemas()).map(([type, schema]) => [type, formOf(schema)]);
  return Object.fromEntries(entries) as Record<DeliveryType, KnownForm>;
}

/** Null or one of several spellings is an `anyOf`: what any of them knows is known. */
function formOf({ properties, items, anyOf = [], title, examples }: Schema): KnownForm {
  const own: KnownForm = {
    ...(properties && { fields: new Map(Object.entries(properties).map(([key, schema]) => [key, formOf(schema)])) }),
    ...(items && { entry: formOf(items) }),
    ...(examples && { words: { set: title as OpenSet, known: new Set(examples) } }),
  };
  return Object.assign({}, ...anyOf.map(formOf), own) as KnownForm;
}
