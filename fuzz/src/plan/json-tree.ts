/**
 * JSON as text in the shape of a tree: it can hold what no value in memory can, such as one key twice, numbers without end and
 * escapes of half a character. Keys and leaves are JSON text already.
 */
export type Tree =
  | { kind: "leaf"; text: string }
  | { kind: "list"; items: Tree[] }
  | { kind: "object"; entries: [key: string, value: Tree][] };

export const leaf = (text: string): Tree => ({ kind: "leaf", text });

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: "list", items: value.map(treeOf) };
  if (typeof value !== "object" || value === null) return leaf(JSON.stringify(value));
  return { kind: "object", entries: Object.entries(value).map(([key, child]) => [JSON.stringify(key), treeOf(child)]) };
}

export function textOf(tree: Tree): string {
  if (tree.kind === "leaf") return tree.text;
  if (tree.kind === "list") return `[${tree.items.map(textOf).join(",")}]`;
  return `{${tree.entries.map(([key, value]) => `${key}:${textOf(value)}`).join(",")}}`;
}

/** Where something can be put in place of what is there. `path` has keys as they are written, without quotes, or `*`. */
export type Place = { path: string; get(): Tree; set(tree: Tree): void };

/** Every place below this tree, however deep. */
export function placesIn(tree: Tree, path = ""): Place[] {
  const slots = tree.kind === "list" ? tree.items.map((_, at) => slotInList(tree.items, at)) : slotsInObject(tree);
  return slots.flatMap(({ name, ...slot }) => {
    const place = { ...slot, path: path === "" ? name : `${path}.${name}` };
    return [place, ...placesIn(slot.get(), place.path)];
  });
}

type Slot = { name: string; get(): Tree; set(tree: Tree): void };

function slotInList(items: Tree[], at: number): Slot {
  return {
    name: String(at),
    get: () => items[at] as Tree,
    set: (tree) => {
      items[at] = tree;
    },
  };
}

function slotsInObject(tree: Tree): Slot[] {
  if (tree.kind !== "object") return [];
  return tree.entries.map((entry) => ({
    name: entry[0].slice(1, -1),
    get: () => entry[1],
    set: (value) => {
      entry[1] = value;
    },
  }));
}
