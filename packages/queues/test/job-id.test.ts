import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobIdOf, queueNames } from "../src/index.ts";
import { jobKeyOf } from "../src/job-id.ts";

const id = fc.oneof(fc.uuid(), fc.stringMatching(/^[^:\s]{1,200}$/));
const epoch = fc.nat({ max: 1_000_000 });

describe("a job's id", () => {
  it("names the row and its epoch, so that one row is one job until its epoch is raised", () => {
    expect(jobIdOf("ANALYSIS_RESULT", { id: "4f0c", epoch: 0 })).toBe("d-4f0c-0");
    expect(jobIdOf("RETRY_FOLLOW_UP", { id: "17", epoch: 2 })).toBe("f-17-2");
    expect(jobIdOf("NOTIFICATION", { id: "0198-aa", epoch: 1 })).toBe("n-0198-aa-1");
  });

  it("can be read back, whatever the row's id looks like", () => {
    fc.assert(
      fc.property(fc.constantFrom(...queueNames), id, epoch, (queue, rowId, rowEpoch) => {
        const key = { id: rowId, epoch: rowEpoch };
        expect(jobKeyOf(queue, jobIdOf(queue, key))).toEqual(key);
      }),
    );
  });

  it("is of the form that BullMQ takes: no colon, not digits only", () => {
    fc.assert(
      fc.property(fc.constantFrom(...queueNames), id, epoch, (queue, rowId, rowEpoch) => {
        expect(jobIdOf(queue, { id: rowId, epoch: rowEpoch })).toMatch(/^[dfn]-[^:]+-\d+$/);
      }),
    );
  });

  it.each(["", "a:b", "a b", "x".repeat(201)])("refuses the id %j, which no row has", (rowId) => {
    expect(() => jobIdOf("NOTIFICATION", { id: rowId, epoch: 0 })).toThrow(TypeError);
  });

  it.each([-1, 0.5, Number.NaN])("refuses the epoch %d", (rowEpoch) => {
    expect(() => jobIdOf("NOTIFICATION", { id: "1", epoch: rowEpoch })).toThrow(TypeError);
  });

  it.each(["", "d-", "d-1", "n-1-0", "d--1", "d-1-x", "repeat:1"])("reads %j as no job of ours", (jobId) => {
    expect(jobKeyOf("ANALYSIS_RESULT", jobId)).toBeNull();
  });
});
