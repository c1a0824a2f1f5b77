import { createHash } from "node:crypto";
import { messageTypes } from "@receiver/contracts";
import { expect, test } from "vitest";
import { createJudge } from "../src/judge/judge-answers.ts";
import { type Allowed, type Input, requestOf } from "../src/plan/input.ts";
import type { Outcome } from "../src/send/exchange.ts";
import { readAnswer } from "../src/send/read-answer.ts";

const door = { host: "h", path: "/p", token: "t" };
const MESSAGE =
  '{"webhookId":"w","companyId":1,"messageType":"CLIENT_FILE_STATUS_CHANGED","timestamp":"2025-10-17T11:45:00Z","payload":{"id":1,"status":"VALIDER"}}';
const UNUSABLE = '{"companyId":1}';
const PROBLEMS = [
  {
    path: "messageType",
    message: `must be one of ${messageTypes.join(", ")}`,
  },
];

const input = (body: string, ...allowed: Allowed[]): Input => ({
  ...{ index: 0, kind: "fields", what: "w", request: requestOf(door, { target: "/p/t" }, Buffer.from(body)) },
  allowed: allowed.length > 0 ? allowed : ["taken"],
});
const idOf = (body: string) => createHash("sha256").update(body).digest("hex").slice(0, 40);
const answered = (status: number, body: object, contentType = "application/problem+json"): Outcome => ({
  ...{ kind: "answer", answer: { status, contentType, body: JSON.stringify(body) }, elapsedMs: 1 },
});
const taken = (status: number, disposition: string, body: string, more: object = {}) =>
  answered(status, { disposition, deliveryId: idOf(body), ...more });
const refused = (status: number, code: string, more: object = {}) =>
  answered(status, { type: "about:blank", title: "t", status, code, detail: "d", ...more });

/** After the body went out once. */
function judged(one: Input, outcome: Outcome): string | null {
  const judge = createJudge();
  judge.leaving(one);
  return judge.judge(one, outcome);
}

test("what the contract allows is no finding", () => {
  expect(judged(input(MESSAGE), taken(200, "accepted", MESSAGE))).toBeNull();
  expect(judged(input(UNUSABLE), taken(202, "quarantined", UNUSABLE, { problems: PROBLEMS }))).toBeNull();
  const problems = [{ path: "", message: "must be a complete JSON document" }];
  expect(judged(input("{"), refused(400, "NOT_JSON", { problems }))).toBeNull();
  expect(judged(input(MESSAGE, "UNAUTHORISED"), refused(401, "UNAUTHORISED"))).toBeNull();
  expect(judged(input(MESSAGE, "closed"), { kind: "closed", why: "ended", elapsedMs: 1 })).toBeNull();
});

test.each<[string, Input, Outcome]>([
  ["an answer of 500 and above", input(MESSAGE), refused(503, "NOT_STORED")],
  ["a hang", input(MESSAGE), { kind: "hang", elapsedMs: 1 }],
  ["a connection that ends without an answer", input(MESSAGE), { kind: "closed", why: "ECONNRESET", elapsedMs: 1 }],
  ["a message that is refused", input(MESSAGE), refused(400, "NOT_JSON")],
  ["a message that is quarantined", input(MESSAGE), taken(202, "quarantined", MESSAGE, { problems: [] })],
  ["a body that breaks the contract and is accepted", input(UNUSABLE), taken(200, "accepted", UNUSABLE)],
  ["problems that the contract doesn't find", input(UNUSABLE), taken(202, "quarantined", UNUSABLE, { problems: [] })],
  ["what is no JSON and is taken", input("{"), taken(200, "accepted", "{")],
  ["a wrong token that is taken", input(MESSAGE, "UNAUTHORISED"), taken(200, "accepted", MESSAGE)],
  ["another delivery's id", input(MESSAGE), taken(200, "accepted", UNUSABLE)],
  ["a duplicate of nothing", input(MESSAGE), taken(200, "duplicate", MESSAGE)],
  ["more words than the contract knows", input(MESSAGE), taken(200, "accepted", MESSAGE, { stack: "at" })],
  ["a refusal that is no problem by its type", input("{"), answered(400, {}, "text/html")],
])("%s is a finding", (_what, one, outcome) => {
  expect(judged(one, outcome)).not.toBeNull();
});

test("a body is accepted once, and then a duplicate, however often it comes", () => {
  const judge = createJudge();
  for (const _time of [1, 2, 3]) judge.leaving(input(MESSAGE));
  expect(judge.judge(input(MESSAGE), taken(200, "accepted", MESSAGE))).toBeNull();
  expect(judge.judge(input(MESSAGE), taken(200, "duplicate", MESSAGE))).toBeNull();
  expect(judge.judge(input(MESSAGE), taken(200, "accepted", MESSAGE))).toBe("accepted twice");
  expect(judge.stored.get(idOf(MESSAGE))).toMatchObject({ isMessage: true });
});

test("an error that says something else than it said to another repeats what was sent", () => {
  const judge = createJudge();
  const one = input(MESSAGE, "UNAUTHORISED");
  expect(judge.judge(one, refused(401, "UNAUTHORISED"))).toBeNull();
  expect(judge.judge(one, refused(401, "UNAUTHORISED", { detail: "t is no token" }))).toMatch(/words of its own/);
});

test("an answer is read once it is whole, behind an interim one, and to HEAD without its body", () => {
  const text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}more";
  const read = (part: string, isHead = false) => readAnswer(Buffer.from(part), { isHead });
  expect(read(text.slice(0, 30))).toBeNull();
  expect(read(text.slice(0, -5))).toBeNull();
  expect(read(text)).toEqual({ status: 200, contentType: null, body: "{}" });
  expect(read("HTTP/1.1 405 X\r\ncontent-length: 99\r\n\r\n", true)).toMatchObject({ status: 405, body: "" });
});
