import { describe, expect, test } from "vitest";
import { dayFromDigits, dayInAbidjan, daysUntil } from "../src/day.ts";
import { readExpiry } from "../src/expiry.ts";

const passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

describe("the expiry of a document", () => {
  test.each([
    ["document_expiry_yyyy_mm_dd", "2026-12-20"],
    ["documentExpiryYyyyMmDd", "2026-12-20"],
    ["documentExpiryYYYYMMDD", "2026-12-20"],
    ["document_expiry", "20/12/2026"],
    ["documentExpiry", "20/12/2026"],
    ["documentExpiry", "20-12-2026"],
    ["documentExpiry", " 20.12.2026 "],
    ["documentExpiry", "2026-12-20"],
  ])("is read from %s: %j", (key, value) => {
    expect(readExpiry({ [key]: value })).toEqual({ day: "2026-12-20", disagree: false });
  });

  test("is day first: the fourth of December, not the twelfth of April", () => {
    expect(readExpiry({ document_expiry: "04/12/2026" }).day).toBe("2026-12-04");
    expect(readExpiry({ document_expiry: "10/10/2030" }).day).toBe("2030-10-10");
    expect(readExpiry({ document_expiry_yyyy_mm_dd: "2030-10-10" }).day).toBe("2030-10-10");
  });

  test.each([
    "XX/XX/XXXX",
    "",
    "12/20/2026",
    "31/04/2026",
    "29/02/2027",
    "00/01/2027",
    "2026-02-30",
    "0026-01-01",
    "1/2/2027",
  ])("is unknown where no such day exists: %j", (value) => {
    expect(readExpiry({ document_expiry: value })).toEqual({ day: null, disagree: false });
  });

  test.each([null, undefined, 20261220, true, ["20/12/2026"], {}])("is unknown where it is no text: %j", (value) => {
    expect(readExpiry({ document_expiry: value, document_expiry_yyyy_mm_dd: null }).day).toBeNull();
  });

  test("has nothing to do with other dates on the document", () => {
    expect(readExpiry({ date_of_birth: "14/02/1991", date_of_birth_yyyy_mm_dd: "1991-02-14" }).day).toBeNull();
  });

  test("is the earliest of several, and says that they disagree", () => {
    const printed = { document_expiry: "21/12/2026", document_expiry_yyyy_mm_dd: "2026-12-20" };
    expect(readExpiry(printed)).toEqual({ day: "2026-12-20", disagree: true });
    expect(readExpiry({ ...printed, mrz: passport })).toEqual({ day: "2012-04-15", disagree: true });
  });

  test("agrees where each spells the same day", () => {
    const ocr = { document_expiry: "15/04/2012", documentExpiryYyyyMmDd: "2012-04-15", mrz: passport };
    expect(readExpiry(ocr)).toEqual({ day: "2012-04-15", disagree: false });
  });

  test("reads what is no key of its own from no prototype", () => {
    expect(readExpiry(JSON.parse('{"__proto__":"20/12/2026","constructor":"20/12/2026"}')).day).toBeNull();
  });
});

describe("a day", () => {
  test("is of 1900 or later: what is read as earlier is misread", () => {
    expect(dayFromDigits("1900", "01", "01")).toBe("1900-01-01");
    expect(dayFromDigits("1899", "12", "31")).toBeNull();
  });

  test("knows leap years", () => {
    expect(dayFromDigits("2028", "02", "29")).toBe("2028-02-29");
    expect(dayFromDigits("2100", "02", "29")).toBeNull();
  });

  test("is that of Abidjan, at UTC+0", () => {
    expect(dayInAbidjan(Date.parse("2026-11-21T23:59:59.999Z"))).toBe("2026-11-21");
    expect(dayInAbidjan(Date.parse("2026-11-22T00:30:00+01:00"))).toBe("2026-11-21");
  });

  test("is so many days away", () => {
    expect(daysUntil("2026-12-20", "2026-11-22")).toBe(28);
    expect(daysUntil("2024-03-12", "2026-11-22")).toBe(-985);
    expect(daysUntil("2026-11-22", "2026-11-22")).toBe(0);
  });
});
