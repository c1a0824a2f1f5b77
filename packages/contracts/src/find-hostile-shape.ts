import { incomingJsonSchemas } from "./json-schemas.ts";
import { MAX_PROBLEMS, type Problem } from "./problem.ts";

/** Danaya's messages nest up to 7 levels. The body itself is level 1. */
const MAX_DEPTH = 32;
/** Of one list, and keys of one object: Danaya's have a few dozen, and each costs a row or a step of the fold. */
const MAX_CHILDREN = 1_000;
/** Of the whole body: lists in lists would multiply. */
const MAX_VALUES = 50_000;
const MAX_KEY_CHARACTERS = 200;
/** The longest text that a message may bear is a face picture in base64: this is one of 1.1 MiB. A body has 2 MiB at most. */
const MAX_TEXT_CHARACTERS = 1.5 * 1_024 * 1_024;

const rules = {
  depth: `must not nest deeper than ${MAX_DEPTH} levels: flatten it`,
  items: `must not have more than ${MAX_CHILDREN} elements: split it`,
  keys: `must not have more than ${MAX_CHILDREN} keys: split it`,
  values: `must not hold more than ${MAX_VALUES} values in all: split it`,
  longKey: `must not be a key of more than ${MAX_KEY_CHARACTERS} characters: shorten it`,
  prototypeKey: "must not be used as a key: rename or remove it",
  text: `must not be longer than ${MAX_TEXT_CHARACTERS} characters: shorten it`,
};

const prototypeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

type Path = readonly (string | number)[];
type Walk = { found: { path: Path; message: string }[]; values: number };

/**
 * What no body may have, at any place: keys that reach an object's prototype, nesting that exhausts a stack, and more of anything
 * than a message can need.
 */
export function findHostileShape(body: object): Problem[] {
  const walk: Walk = { found: [], values: 0 };
  visit(body, [], walk);
  if (walk.values > MAX_VALUES) walk.found.push({ path: [], message: rules.values });
  if (walk.found.length === 0) return [];
  const nameable = new Set([...contractKeys(incomingJsonSchemas()), ...prototypeKeys]);
  return walk.found.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({ path: printable(path, nameable), message }));
}

/** Depth first; no deeper, no wider and no longer than allowed. */
function visit(container: object, path: Path, walk: Walk): void {
  const tooMuch = containerRule(container, path.length);
  if (tooMuch !== null) return void walk.found.push({ path, message: tooMuch });
  for (const [key, child] of Array.isArray(container) ? container.entries() : Object.entries(container)) {
    walk.values += 1;
    if (walk.found.length >= MAX_PROBLEMS || walk.values > MAX_VALUES) return;
    const broken = childRule(key, child);
    if (broken !== null) walk.found.push({ path: [...path, key], message: broken });
    if (typeof child === "object" && child !== null) visit(child, [...path, key], walk);
  }
}

function containerRule(container: object, depth: number): string | null {
  if (depth >= MAX_DEPTH) return rules.depth;
  if (Array.isArray(container)) return container.length > MAX_CHILDREN ? rules.items : null;
  return Object.keys(container).length > MAX_CHILDREN ? rules.keys : null;
}

function childRule(key: string | number, child: unknown): string | null {
  if (typeof key === "string" && prototypeKeys.has(key)) return rules.prototypeKey;
  if (typeof key === "string" && key.length > MAX_KEY_CHARACTERS) return rules.longKey;
  return typeof child === "string" && child.length > MAX_TEXT_CHARACTERS ? rules.text : null;
}

/** The names of all properties, however deep, in a JSON Schema. */
function contractKeys(schema: object): string[] {
  return Object.entries(schema).flatMap(([key, value]) => {
    if (typeof value !== "object" || value === null) return [];
    return key === "properties" ? [...Object.keys(value), ...contractKeys(value)] : contractKeys(value);
  });
}

/** A free object's keys may be personal: only positions and the contract's own names are repeated. */
const printable = (path: Path, nameable: ReadonlySet<string>): string =>
  path.map((key) => (typeof key === "number" || nameable.has(key) ? key : "*")).join(".");
