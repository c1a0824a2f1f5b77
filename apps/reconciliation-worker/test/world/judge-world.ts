import type { State } from "@receiver/contracts";
import type { Webhook, WorldFile } from "@receiver/simulation";
import { foldArrived } from "./fold-arrived.ts";
import type { Played } from "./play-world.ts";
import type { Outcome, StoredFile, Told } from "./read-outcome.ts";

/** What has to hold of a played world. `against`: the first of those of which it doesn't. */
export type Check = { says: string; of: number; failed: number; against: string[] };

const SHOWN = 5;
const isDecision = (state: State): boolean => state === "APPROVED" || state === "REJECTED";

export function judgeWorld(played: Played, outcome: Outcome, endedAt: Date): Check[] {
  const files = played.world.files.map(lookInto(played, outcome));
  const rules = played.variant.api ? withApi(played) : withoutApi(played, endedAt);
  return rules.map(({ says, about, wrong }) => {
    const asked = files.filter((found) => about(found));
    const against = asked
      .filter((found) => wrong(found) !== null)
      .map((found) => `${found.file.fileUuid}: ${wrong(found)}`);
    return { says, of: asked.length, failed: against.length, against: against.slice(0, SHOWN) };
  });
}

type Facts = { hasUuid: boolean; arrived: boolean; forged: boolean; dropped: boolean };
type Found = { file: WorldFile; stored: StoredFile | undefined; told: Told[]; facts: Facts };
type Rule = { says: string; about(found: Found): boolean; wrong(found: Found): string | null };

const wrongUnless = (holds: boolean, what: string): string | null => (holds ? null : what);

const withApi = ({ variant }: Played): Rule[] => {
  const isKnowable = ({ facts }: Found) => variant.uploads === "registered" || facts.hasUuid;
  return [
    {
      says: "a file whose uuid is known stands where the truth is",
      about: isKnowable,
      wrong: ({ file, stored }) =>
        wrongUnless(stored?.state === file.finalState, `${stored?.state} in place of ${file.finalState}`),
    },
    {
      says: "and is released there",
      about: isKnowable,
      wrong: ({ file, stored }) =>
        wrongUnless(stored?.released_state === file.finalState, `${stored?.released_state} released`),
    },
    {
      says: "each true decision was told to each subscriber under one id, in its order, and no other was",
      about: isKnowable,
      wrong: toldOtherwise,
    },
    {
      says: "a file whose uuid nobody knows is flagged, and no decision of it was told",
      about: (found) => !isKnowable(found) && found.facts.arrived,
      wrong: ({ stored, told }) =>
        wrongUnless(
          stored?.flags.includes("orphan") === true && !told.some(({ state }) => isDecision(state)),
          `${stored?.state} ${stored?.flags.join(" ")}`,
        ),
    },
    {
      says: "no decision was told before it was true",
      about: () => true,
      wrong: ({ file, told }) => told.flatMap((one) => untrue(file, one) ?? [])[0] ?? null,
    },
  ];
};

const withoutApi = ({ webhooks }: Played, endedAt: Date): Rule[] => {
  const folded = foldArrived(webhooks, endedAt);
  const foldOf = ({ fileNumber, fileUuid }: WorldFile) => folded.get(fileNumber) ?? folded.get(fileUuid);
  return [
    {
      says: "a file stands where the fold of what arrived is",
      about: ({ facts }) => facts.arrived,
      wrong: ({ file, stored }) =>
        wrongUnless(stored?.state === foldOf(file)?.state, `${stored?.state} in place of ${foldOf(file)?.state}`),
    },
    {
      says: "only forged files stand at a decision that isn't true; the others lack what was dropped",
      about: ({ file, stored, facts }) => facts.arrived && stored?.state !== file.finalState,
      wrong: ({ stored, facts }) =>
        wrongUnless(facts.forged || facts.dropped, `${stored?.state}, and nothing was dropped`),
    },
    {
      says: "every notification says confirmed:false",
      about: () => true,
      wrong: ({ told }) => wrongUnless(!told.some(({ confirmed }) => confirmed), "confirmed"),
    },
    {
      says: "a file of which something arrived and that isn't decided is stalled",
      about: ({ facts, stored }) => facts.arrived && stored !== undefined && !isDecision(stored.state),
      wrong: ({ stored }) =>
        wrongUnless(stored?.flags.includes("stalled") === true, `${stored?.state} ${stored?.flags.join(" ")}`),
    },
  ];
};

function toldOtherwise({ file, told }: Found): string | null {
  const due = file.trueDecisions.map(({ decision }) => decision).join(" ");
  const bySubscriber = Map.groupBy(
    told.filter(({ entered, state }) => entered && isDecision(state)),
    ({ subscriber }) => subscriber,
  );
  const sequences = [...bySubscriber.values()].map((own) => own.map(({ state }) => state).join(" "));
  const isEach = due === "" ? sequences.length === 0 : sequences.length === 2 && sequences.every((own) => own === due);
  return wrongUnless(isEach, `told ${JSON.stringify(sequences)} in place of "${due}"`);
}

function untrue({ trueDecisions }: WorldFile, { state, at, id }: Told): string | null {
  if (!isDecision(state)) return null;
  return wrongUnless(
    trueDecisions.some(({ decision, from }) => decision === state && from <= at),
    `${id} told ${state}`,
  );
}

type Look = (file: WorldFile) => Found;

/** Everything that is known of a file, found by one of its ids: what was told of it before it had a uuid bears its number alone. */
function lookInto({ webhooks }: Played, { files, told }: Outcome): Look {
  const byUuid = new Map(files.map((file) => [file.file_uuid, file]));
  const byNumber = new Map(files.map((file) => [file.file_number, file]));
  const toldByUuid = Map.groupBy(told, ({ fileUuid }) => fileUuid);
  const toldByNumber = Map.groupBy(
    told.filter((one) => one.fileUuid === null),
    ({ fileNumber }) => fileNumber,
  );
  const sent = Map.groupBy(webhooks, ({ fileUuid }) => fileUuid);
  return (file) => ({
    file,
    stored: byNumber.get(file.fileNumber) ?? byUuid.get(file.fileUuid),
    told: [...(toldByNumber.get(file.fileNumber) ?? []), ...(toldByUuid.get(file.fileUuid) ?? [])],
    facts: factsOf(file, sent.get(file.fileUuid) ?? []),
  });
}

function factsOf({ fileUuid }: WorldFile, own: readonly Webhook[]): Facts {
  const arrived = own.filter(({ dropped }) => !dropped);
  return {
    hasUuid: arrived.some(({ body }) => Buffer.from(body).includes(fileUuid)),
    arrived: arrived.length > 0,
    forged: arrived.some(({ forged }) => forged),
    dropped: own.some(({ dropped }) => dropped),
  };
}
