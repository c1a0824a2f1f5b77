import type { Random } from "@receiver/simulation";
import { leaf, type Place, placesIn, type Tree, textOf, treeOf } from "./json-tree.ts";

type Mutation = (place: Place, random: Random) => void;

/** Into the object at this place, or around what is there if it is none. */
function addKey(place: Place, key: string, value: Tree): void {
  const tree = place.get();
  if (tree.kind === "object") tree.entries.push([key, value]);
  else place.set({ kind: "object", entries: [[key, value]] });
}

const replaceBy =
  (...texts: [string, ...string[]]): Mutation =>
  (place, random) =>
    place.set(leaf(random.pick(texts)));

/** By what it does to one field. What a name says is what a test looks for. */
const fieldMutations = {
  "wrong-type": replaceBy("true", "null", "[]", "{}", '""', "0", "-1", '"text"', "[[]]", '{"id":1}', "0.5"),
  "huge-number": replaceBy("9007199254740993", "1e308", "1e999", "-1e999", "0.1e-999", "9".repeat(400), "-0"),
  "deep-nesting": (place, random) => {
    const depth = random.pick([31, 32, 33, 200, 20_000]);
    place.set(leaf(random.pick([nested("[", depth, "]"), nested('{"a":', depth, "}", "1")])));
  },
  unicode: replaceBy(
    '"Ａｗａ"',
    '"\u202eAwa"',
    '"👩‍👩‍👧"',
    '"e\u0301\u0301\u0301"',
    '"\ufeff"',
    '"\\u2028\\u2029"',
    '"ﷺﷺﷺ"',
  ),
  "prototype-key": (place, random) => {
    const key = random.pick(['"__proto__"', '"constructor"', '"prototype"', '"\\u005f_proto__"']);
    addKey(place, key, random.pick([leaf("null"), treeOf({ isAdmin: true }), treeOf({ prototype: { id: 1 } })]));
  },
  "duplicate-key": (place, random) => {
    const tree = place.get();
    const [first] = tree.kind === "object" ? tree.entries : [];
    const key = first?.[0] ?? '"id"';
    addKey(place, key, random.pick([leaf("1"), leaf('"second"'), leaf("null")]));
    if (first === undefined) addKey(place, key, leaf("2"));
  },
  nul: replaceBy('"\\u0000"', '"VALIDER\\u0000"', '"a\\u0000b"'),
  "lone-surrogate": replaceBy('"\\ud800"', '"\\udfff\\ud800"', '"VALIDER\\udc00"'),
  "long-text": (place, random) => place.set(leaf(`"${"x".repeat(random.pick([200, 201, 5_000, 70_000]))}"`)),
  "long-list": (place, random) => {
    const copies = random.pick([100, 2_000]);
    const item = textOf(place.get()).slice(0, 200);
    const isWhole = item === textOf(place.get());
    place.set(
      leaf(
        `[${Array(copies)
          .fill(isWhole ? item : "{}")
          .join(",")}]`,
      ),
    );
  },
  "odd-time": replaceBy(
    '"2099-01-01T00:00:00Z"',
    '"2025-02-30T00:00:00Z"',
    '"1969-12-31T23:59:59Z"',
    '"now"',
    "1760701500",
  ),
} satisfies Record<string, Mutation>;
export type FieldMutation = keyof typeof fieldMutations;
export const fieldMutationNames = Object.keys(fieldMutations) as [FieldMutation, ...FieldMutation[]];

/** A body with these done to one field each. A body that is no object or list stays as it is. */
export function mutateFields(body: unknown, mutations: readonly FieldMutation[], random: Random): string {
  const tree = treeOf(body);
  for (const mutation of mutations) {
    const [first, ...others] = placesIn(tree);
    if (first) fieldMutations[mutation](random.pick([first, ...others]), random);
  }
  return textOf(tree);
}

const nested = (open: string, depth: number, close: string, inside = ""): string =>
  `${open.repeat(depth)}${inside}${close.repeat(depth)}`;
