import type { ClientFileEvent } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "../src/fold.ts";
import { shownToCustomer } from "../src/shown-to-customer.ts";
import { viewFor } from "../src/view-for.ts";
import { anyEvents } from "./any-events.ts";
import { context, retry, says } from "./events.ts";

const customerSees = (events: ClientFileEvent[]) => viewFor("customer", fold(shownToCustomer(events), context));

/** What a subscriber can tell a file by; ids and times of the file are no secret. */
const toldOf = ({ state, flags, retries, score, confirmed, processingEnded }: ReturnType<typeof customerSees>) => ({
  ...{ state, score, confirmed, processingEnded },
  retries: retries.map(({ documentId, verification, attempts, status }) => [
    documentId,
    verification,
    attempts,
    status,
  ]),
  flags: flags.filter((flag) => flag !== "orphan"),
});

describe("a check that isn't the customer's to mend", () => {
  test.each(["PEP", "SANCTION", "MEDIA", "UNHEARD_OF"])(
    "%s changes nothing that he is told, wherever it comes",
    (check) => {
      fc.assert(
        fc.property(anyEvents, fc.nat(), (events, place) => {
          const { occurredAt } = events[place % events.length] as ClientFileEvent;
          const hidden = retry(
            { verification: check },
            { occurredAt, externalId: null, documents: [], fileCreatedAt: null },
          );
          expect(toldOf(customerSees([...events, hidden]))).toEqual(toldOf(customerSees(events)));
        }),
      );
    },
  );

  test("is not taken for what the bank registered, whose externalId stands against any message", () => {
    const registered = says("REGISTRATION", null, { fileUuid: "u", externalId: "ours" });
    const hidden = retry({ verification: "PEP" }, { fileUuid: "u", externalId: "another customer's" });
    expect(customerSees([registered, hidden]).externalId).toBe("ours");
  });

  test("does not reopen a decided file to him", () => {
    const file = [says("ANALYSIS", "ANALYZED"), says("STATUS", "VALIDER"), retry({ verification: "PEP" })];
    expect(fold(file, context).flags).toContain("reopened");
    expect(customerSees(file).flags).not.toContain("reopened");
  });

  test("hides no other check of the same message", () => {
    const both = retry({ verification: "PEP" });
    const [pep] = both.verifications;
    const message = { ...both, verifications: [...both.verifications, { ...pep, verification: "FACE_MATCH" }] };
    expect(customerSees([message as ClientFileEvent])).toMatchObject({
      state: "RETRY_REQUESTED",
      retries: [{ verification: "FACE_MATCH" }],
    });
  });
});
