import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mrzCheckDigit, readMrzExpiry } from "../src/mrz.ts";

// The specimens of ICAO 9303 parts 4, 5 and 6.
const td1 = ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"];
const td2 = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
const td3 = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];

describe("the check digit", () => {
  test.each([
    ["520727", 3],
    ["AB2134<<<", 5],
    ["D23145890", 7],
    ["L898902C3", 6],
    ["120415", 9],
    ["ZE184226B<<<<<", 1],
    ["<<<<<<", 0],
  ])("of %s is %d, as ICAO 9303 works it out", (field, digit) => {
    expect(mrzCheckDigit(field)).toBe(digit);
  });

  test.each(["12 415", "12041é", "12041a"])("of %j is none, because a character has no value", (field) => {
    expect(mrzCheckDigit(field)).toBeNull();
  });

  test("changes with any one digit that is misread", () => {
    const digit = fc.integer({ min: 0, max: 9 });
    const date = fc.array(digit, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(date, fc.nat({ max: 5 }), digit, (digits, place, misread) => {
        fc.pre(digits[place] !== misread);
        const other = digits.with(place, misread);
        // The weights 7, 3 and 1 have no factor in common with 10.
        expect(mrzCheckDigit(other.join(""))).not.toBe(mrzCheckDigit(digits.join("")));
      }),
    );
  });
});

describe("the expiry in a machine-readable zone", () => {
  test.each([
    ["an identity card, TD1", td1],
    ["a larger card, TD2", td2],
    ["a passport, TD3", td3],
  ])("is read from %s, in lines or in one", (_, lines) => {
    expect(readMrzExpiry(lines.join("\n"))).toBe("2012-04-15");
    expect(readMrzExpiry(lines.join("\r\n"))).toBe("2012-04-15");
    expect(readMrzExpiry(lines.join(""))).toBe("2012-04-15");
  });

  test.each([td1, td2, td3])("is none if the check digit fails", (...lines) => {
    expect(readMrzExpiry(lines.join("\n").replace("1204159", "1204158"))).toBeNull();
    expect(readMrzExpiry(lines.join("\n").replace("1204159", "1304159"))).toBeNull();
  });

  test("is none of a document without one, though fillers have the check digit 0", () => {
    expect(readMrzExpiry(td3.join("").replace("1204159", "<<<<<<0"))).toBeNull();
  });

  test("is none on an impossible day, though its check digit holds", () => {
    expect(mrzCheckDigit("270230")).toBe(8);
    expect(readMrzExpiry(td3.join("").replace("1204159", "2702308"))).toBeNull();
  });

  test("is of this century until the pivot, since no card that is shown ran out before 1970", () => {
    expect(readMrzExpiry(td3.join("").replace("1204159", `691231${mrzCheckDigit("691231")}`))).toBe("2069-12-31");
    expect(readMrzExpiry(td3.join("").replace("1204159", `700101${mrzCheckDigit("700101")}`))).toBe("1970-01-01");
  });

  test.each(["", "P<UTO", td3.join("").slice(1), `${td3.join("")}<`])("is none of another size", (mrz) => {
    expect(readMrzExpiry(mrz)).toBeNull();
  });
});
