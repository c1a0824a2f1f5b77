import type { Random } from "@receiver/simulation";
import { badFixtures, goodFixtures } from "@receiver/testing/processes";
import { grammarJson } from "./grammar-json.ts";
import { flipBytes, rawBytes, splice, truncate } from "./mutate-bytes.ts";
import { fieldMutationNames, mutateFields } from "./mutate-fields.ts";

type List = readonly [Buffer, ...Buffer[]];
const asList = (fixtures: { bytes: Buffer }[]): List => fixtures.map(({ bytes }) => bytes) as unknown as List;

const good = asList(goodFixtures());
const any = [...good, ...asList(badFixtures())] as unknown as List;

/** Of so few accounts that the messages of many bodies meet in one file. */
const COMPANIES = 40;

/** A message as Danaya might send it, of one of a few accounts, and so a delivery that the contract takes. */
export function message(random: Random): Record<string, unknown> {
  const body = JSON.parse(random.pick(good).toString("utf8"));
  const companyId = random.whole(1, COMPANIES);
  if ("messageType" in body) Object.assign(body, { companyId, webhookId: random.uuid() });
  for (const holder of [body, body.payload]) if (holder?.company) holder.company.id = companyId;
  return body;
}

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** One mutation most of the time, up to three. */
function fields(random: Random): { body: Buffer; what: string } {
  const mutations = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => random.pick(fieldMutationNames));
  return { body: Buffer.from(mutateFields(message(random), mutations, random)), what: mutations.join(", ") };
}

/** What a body can be. Each says what was done to it. */
export const bodyKinds = {
  message: (random) => ({ body: bytes(message(random)), what: "as it is" }),
  fields,
  flipped: (random) => ({ body: flipBytes(random.pick(any), random), what: "bytes flipped" }),
  truncated: (random) => ({ body: truncate(random.pick(any), random), what: "cut short" }),
  spliced: (random) => ({ body: splice(random.pick(any), random.pick(any), random), what: "two in one" }),
  grammar: (random) => ({ body: Buffer.from(grammarJson(random)), what: "by the grammar" }),
  raw: (random) => ({ body: rawBytes(random), what: "raw bytes" }),
} satisfies Record<string, (random: Random) => { body: Buffer; what: string }>;
export type BodyKind = keyof typeof bodyKinds;
