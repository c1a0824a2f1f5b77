import { classify, deliveryTypes } from "@receiver/contracts";
import { describe, expect, test } from "vitest";
import { bytesOf, danaya, inventFile, minutesAfter } from "../src/index.ts";

describe.each(deliveryTypes)("%s", (type) => {
  test("is a message of that type, of the file that it was made for", () => {
    const file = inventFile("one");
    expect(classify(bytesOf(danaya[type](file)))).toMatchObject({
      kind: "message",
      message: {
        type,
        companyId: "123",
        payload: { id: type === "DOCUMENT_TO_ANALYSE_RECEIVED" ? file.uuid : String(file.number) },
      },
    });
  });

  test("is the same bytes for the same seed, and other bytes for another", () => {
    const [one, again, other] = ["one", "one", "other"].map((seed) =>
      bytesOf(danaya[type](inventFile(seed))).toString(),
    );
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });
});

test("single fields are replaced or taken away, and the rest stays", () => {
  const file = inventFile(7);
  const body = danaya.CLIENT_FILE_STATUS_CHANGED(file, {
    companyId: 9,
    payload: { status: "REJETER", score: undefined },
  });
  expect(JSON.parse(bytesOf(body).toString())).toMatchObject({
    companyId: 9,
    payload: { id: file.number, status: "REJETER" },
  });
  expect(bytesOf(body).toString()).not.toContain("score");
});

test("a retry names the verification and the attempt that it is asked for", () => {
  const body = danaya.RETRY_DOCUMENT_VERIFICATION(inventFile(7), { verificationType: "MRZ_CHECK", attempt: 3 });
  expect(body).not.toHaveProperty("attempt");
  expect(body.payload).toMatchObject({
    documents: [{ verificationResults: [{ verificationType: "MRZ_CHECK", attempt: 3 }] }],
  });
});

test("messages of one type at two times bear two webhook ids, because one id would tell of a resend", () => {
  const file = inventFile(7);
  const [first, second] = [10, 11].map((minutes) =>
    danaya.RETRY_DOCUMENT_VERIFICATION(file, { timestamp: minutesAfter(file, minutes) }),
  );
  expect(first?.webhookId).not.toBe(second?.webhookId);
});

test("what is chosen for a file is in all of its messages", () => {
  const file = inventFile(7, { companyId: 42 });
  expect(deliveryTypes.map((type) => classify(bytesOf(danaya[type](file))))).toEqual(
    deliveryTypes.map(() => expect.objectContaining({ message: expect.objectContaining({ companyId: "42" }) })),
  );
});

test("nothing is dated in the future, where it would decide nothing", () => {
  for (let seed = 0; seed < 200; seed += 1)
    expect(Date.parse(minutesAfter(inventFile(seed), 45))).toBeLessThan(Date.UTC(2026, 0, 1));
});
