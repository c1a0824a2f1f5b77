import { incomingJsonSchemas } from "./json-schemas.ts";
import { MAX_PROBLEMS, type Problem } from "./problem.ts";

/** Danaya's messages nest up to 7 levels. The body itself is level 1. */
const MAX_DEPTH = 32;

const prototypeKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

type Path = readonly (string | number)[];

/** What no body may have, at any place: keys that reach an object's prototype, and nesting that exhausts a stack. */
export function findHostileShape(body: object): Problem[] {
  const found: { path: Path; message: string }[] = [];
  visit(body, [], (path, message) => found.push({ path, message }) < MAX_PROBLEMS);
  if (found.length === 0) return [];
  const nameable = new Set([...contractKeys(incomingJsonSchemas()), ...prototypeKeys]);
  return found.map(({ path, message }) => ({ path: printable(path, nameable), message }));
}

/** Depth first, no deeper than allowed. `report` says whether to go on, and so does the visit. */
function visit(container: object, path: Path, report: (path: Path, message: string) => boolean): boolean {
  if (path.length >= MAX_DEPTH) return report(path, `must not nest deeper than ${MAX_DEPTH} levels: flatten it`);
  const children = Array.isArray(container) ? container.entries() : Object.entries(container);
  for (const [key, child] of children) {
    if (prototypeKeys.has(String(key)) && !report([...path, key], "must not be used as a key: rename or remove it")) {
      return false;
    }
    if (typeof child === "object" && child !== null && !visit(child, [...path, key], report)) return false;
  }
  return true;
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
