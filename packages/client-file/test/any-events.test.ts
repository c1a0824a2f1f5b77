import type { ClientFileEvent } from "@receiver/events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainChange } from "../src/explain-change.ts";
import { defaultStatusMap } from "../src/status-map.ts";
import { anyEvents, arrivalOf } from "./any-events.ts";
import { says, viewOf } from "./events.ts";

const runs = { numRuns: 1_000 };
const deciders = ["STATUS", "FLAT", "GET", "OPERATOR"];

const stateNamed = (status: string | null) => defaultStatusMap[status?.trim().toUpperCase() ?? ""];
const rulingsIn = (events: readonly ClientFileEvent[]) =>
  events.filter(({ source }) => source === "OPERATOR").map(({ status }) => stateNamed(status));

describe("whatever events a file has", () => {
  test("it is the same in any order of arrival, each as often as it likes", () => {
    fc.assert(
      fc.property(
        anyEvents.chain((events) => fc.tuple(fc.constant(events), arrivalOf(events))),
        ([events, arrived]) => {
          expect(viewOf(arrived)).toEqual(viewOf(events));
        },
      ),
      runs,
    );
  });

  test("only a decider whose status the map knows as a decision decides: an unknown one never approves", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const byId = new Map(events.map((event) => [event.eventId, event]));
        for (const { to, cause } of viewOf(events).path) {
          if (to !== "APPROVED" && to !== "REJECTED") continue;
          const { source, status, futureDated } = byId.get(cause) as ClientFileEvent;
          const named = stateNamed(status);
          // Danaya's answer that an operator has overruled brings back what he ruled.
          const ruled = source === "GET" && named !== to ? rulingsIn(events) : [named];
          expect(ruled).toContain(to);
          expect(futureDated).toBe(false);
          expect(deciders).toContain(source);
        }
      }),
      runs,
    );
  });

  test("without a row for it, no status approves", () => {
    const { VALIDER: _, ...statusMap } = defaultStatusMap;
    fc.assert(
      fc.property(anyEvents, (events) => {
        expect(viewOf(events, { statusMap }).path.map(({ to }) => to)).not.toContain("APPROVED");
      }),
      runs,
    );
  });

  test("a VALIDER dated 2099 decides nothing: only its flag and its own facts show", () => {
    const forged = says("STATUS", "VALIDER", {
      occurredAt: Date.parse("2099-01-01T00:00:00Z"),
      futureDated: true,
      score: 1,
    });
    fc.assert(
      fc.property(anyEvents, (events) => {
        const [without, withIt] = [viewOf(events), viewOf([...events, forged])];
        const decidedBy = ({ state, score, path, confirmed, processingEnded, retries }: typeof without) => ({
          state,
          score,
          path,
          confirmed,
          processingEnded,
          retries,
        });
        expect(decidedBy(withIt)).toEqual(decidedBy(without));
        expect(without.flags.filter((flag) => !withIt.flags.includes(flag))).toEqual([]);
        expect(withIt.flags.filter((flag) => !without.flags.includes(flag) && flag !== "future-dated")).toEqual([]);
      }),
      runs,
    );
  });

  test("VALIDER and A_TRAITER of one second end alike, whatever their ids", () => {
    fc.assert(
      fc.property(anyEvents, fc.boolean(), (events, isApprovalFirst) => {
        const last = { occurredAt: Date.parse("2026-10-02T10:00:00Z") };
        const ids = isApprovalFirst ? ["x1", "x2"] : ["x2", "x1"];
        const approval = says("STATUS", "VALIDER", { ...last, eventId: ids[0] as string });
        const awaiting = says("STATUS", "A_TRAITER", { ...last, eventId: ids[1] as string });
        expect(viewOf([...events, approval, awaiting]).state).toBe("APPROVED");
      }),
      runs,
    );
  });

  test("each step goes on from where the one before ended, and the last one leads to the state", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const { path, state } = viewOf(events);
        expect(path.map(({ from }) => from)).toEqual(["RECEIVED", ...path.map(({ to }) => to)].slice(0, path.length));
        expect(path.at(-1)?.to ?? "RECEIVED").toBe(state);
        expect(path.filter(({ from, to }) => from === to)).toEqual([]);
      }),
      runs,
    );
  });

  test("a GET that finds it decided settles every conflict among its events, but for a decision that it denies", () => {
    const asked = says("GET", "VALIDER", { occurredAt: Date.parse("2026-10-02T10:00:00Z") });
    const opened = says("UPLOAD", null);
    fc.assert(
      fc.property(anyEvents, (all) => {
        // An operator who knew that answer may have overruled it.
        const events = [opened, ...all.filter(({ source }) => source !== "OPERATOR")];
        const [before, view] = [viewOf(events), viewOf([...events, asked])];
        expect(view).toMatchObject({ state: "APPROVED", confirmed: true });
        const deniesAny = before.flags.includes("conflict") || (before.state === "REJECTED" && !before.confirmed);
        if (!deniesAny) expect(view.flags).not.toContain("conflict");
        expect(
          viewOf([...events, asked, says("OPERATOR", "VALIDER", { ...asked, source: "OPERATOR", eventId: "op" })])
            .flags,
        ).not.toContain("conflict");
        expect(view.flags).not.toContain("reopened");
      }),
      runs,
    );
  });

  test("no event is told twice: what doesn't change a file is no change", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        expect(explainChange(viewOf(events), viewOf(events.toReversed())).changed).toBe(false);
      }),
      runs,
    );
  });
});
