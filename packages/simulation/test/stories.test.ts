import { classify, deliveryTypes, type Message } from "@receiver/contracts";
import { describe, expect, it } from "vitest";
import { plots } from "../src/plots.ts";
import { interleave, type Story, type StoryDelivery, tellStories } from "../src/stories.ts";

const ENDS_AT = Date.UTC(2025, 9, 1);
const tell = (seed: string, files: number): Story[] => tellStories({ seed, files, endsAt: ENDS_AT });
const textsOf = (stories: Story[]): string[] => interleave(stories).map(({ body }) => Buffer.from(body).toString());
const many = tell("many", 1_000);

function messageOf({ body }: StoryDelivery): Message {
  const classification = classify(body);
  if (classification.kind === "message") return classification.message;
  throw new Error(JSON.stringify(classification));
}

describe("stories", () => {
  it("are the same for the same seed, so that a run can be repeated", () => {
    expect(textsOf(tell("monday", 50))).toEqual(textsOf(tell("monday", 50)));
  });

  it("share no body and no id with those of another seed, or a second run would be all duplicates", () => {
    const [first, second] = [tell("monday", 300), tell("tuesday", 300)];
    const known = new Set(textsOf(first));
    expect(textsOf(second).filter((text) => known.has(text))).toEqual([]);
    for (const id of ["fileUuid", "fileNumber", "externalId"] as const) {
      const ids = [...first, ...second].map((story) => story[id]);
      expect(new Set(ids).size).toBe(600);
    }
  });

  it("don't depend on how many are told, so that a failing one can be told alone", () => {
    expect(tell("monday", 100).slice(0, 10)).toEqual(tell("monday", 10));
  });

  it("are made of messages only, each of the type and time that is said, and none later than asked", () => {
    for (const delivery of interleave(many)) {
      const { type, occurredAt } = messageOf(delivery);
      expect({ type, occurredAt }).toEqual({ type: delivery.type, occurredAt: delivery.occurredAt });
      expect(occurredAt).toBeLessThanOrEqual(ENDS_AT);
    }
  });

  it("know every delivery type, every plot, and both kinds of file", () => {
    const types = new Set<string>(interleave(many).map(({ type }) => type));
    expect(types).toEqual(new Set<string>(deliveryTypes));
    expect(new Set(many.map(({ plot }) => plot))).toEqual(new Set(Object.keys(plots)));
    expect(new Set(many.map(({ kind }) => kind))).toEqual(new Set(["KYC", "KYB"]));
  });

  it("keep to one file each: its uuid in the upload, its number in the rest, one time of creation for both", () => {
    for (const story of many) {
      const messages = story.deliveries.map(messageOf);
      expect(new Set(messages.map(({ companyId }) => companyId))).toEqual(new Set([story.companyId]));
      const [upload, ...rest] = messages;
      expect(upload?.payload).toMatchObject({ id: story.fileUuid, externalId: story.externalId });
      expect(new Set(rest.map(({ payload }) => payload.id))).toEqual(
        new Set(rest.length > 0 ? [story.fileNumber] : []),
      );
      const created = messages.flatMap(({ type, payload }) =>
        type !== "FLAT_CLIENT_FILE" && "createdAt" in payload ? [payload.createdAt] : [],
      );
      expect(new Set(created).size).toBe(1);
    }
  });

  it("raise the attempt with every retry of the same check of the same document", () => {
    const retried = many.filter(({ plot }) => plots[plot].retries[1] > 0);
    for (const { plot, deliveries } of retried) {
      const results = deliveries
        .map(messageOf)
        .flatMap((message) =>
          message.type === "RETRY_DOCUMENT_VERIFICATION"
            ? message.payload.documents.map(({ id, verificationResults: [result] }) => ({ id, ...result }))
            : [],
        );
      const [least, most] = plots[plot].retries;
      expect(results.length).toBeGreaterThanOrEqual(least);
      expect(results.length).toBeLessThanOrEqual(most);
      expect(results.map(({ attempt }) => attempt)).toEqual(results.map((_, index) => index + 1));
      expect(new Set(results.map(({ id, verificationType }) => `${id} ${verificationType}`)).size).toBe(1);
    }
  });

  it("overlap in time, as files do, rather than follow each other", () => {
    const names = interleave(tell("overlap", 200)).map(({ name }) => name.split(" ")[0]);
    const switches = names.filter((name, index) => index > 0 && name !== names[index - 1]).length;
    expect(switches).toBeGreaterThan(names.length / 2);
  });
});
