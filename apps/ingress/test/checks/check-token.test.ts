import { describe, expect, it } from "vitest";
import { createTokenCheck } from "../../src/checks/check-token.ts";

const check = createTokenCheck([
  { name: "autumn", token: "a".repeat(24) },
  { name: "summer", token: "b".repeat(32) },
]);

describe("the check of a token", () => {
  it("names the one that was presented, so that an operator sees when the old one is out of use", () => {
    expect(check("a".repeat(24))).toBe("autumn");
    expect(check("b".repeat(32))).toBe("summer");
  });

  it.each(["", "a", "a".repeat(25), "a".repeat(23), "A".repeat(24), "autumn", "é".repeat(5_000), "\0"])(
    "knows no %j, of whatever length",
    (presented) => {
      expect(check(presented)).toBeNull();
    },
  );
});
