import type { Classification } from "@receiver/contracts";
import type { Allowed, Input } from "../plan/input.ts";
import type { Outcome } from "../send/exchange.ts";
import type { Answer } from "../send/read-answer.ts";
import { type Read, readAnswered, sameProblems } from "./read-answered.ts";
import { type Stored, storedAs } from "./stored.ts";

export type Judge = {
  /** Call it before a body is out. */
  leaving(input: Input): void;
  /** What is wrong with the answer: null when it is one that the contract allows. */
  judge(input: Input, outcome: Outcome): string | null;
  /** What was answered 2xx, by its id. */
  stored: ReadonlyMap<string, Stored>;
};

export function createJudge(): Judge {
  const stored = new Map<string, Stored>();
  /** How often a body went out that may be taken. */
  const sent = new Map<string, number>();
  const firsts = new Set<string>();
  const words = new Map<string, string>();

  const judgeTaken = (input: Input, status: number, taken: Extract<Read, { kind: "taken" }>): string | null => {
    const { is, ...names } = storedAs(input.request.body);
    if (!input.allowed.includes("taken") || is.kind === "not-json") return `was taken: ${status}`;
    const { id } = names;
    stored.set(id, { ...names, isMessage: is.kind === "message" });
    if (taken.deliveryId !== id) return "another delivery's id";
    if (taken.disposition === "duplicate") return judgeDuplicate(status, sent.get(id) ?? 0);
    if (firsts.has(id)) return `${taken.disposition} twice`;
    firsts.add(id);
    return judgeFirst(status, taken, is);
  };

  /** An error is made of texts from a table. The same code says the same to everybody: so it repeats nothing of a request. */
  const isInOwnWords = ({ code, text }: Extract<Read, { kind: "refused" }>): boolean => {
    if (text === "") return false;
    if (!words.has(code)) words.set(code, text);
    return words.get(code) !== text;
  };

  const judgeRefused = (input: Input, refused: Extract<Read, { kind: "refused" }>): string | null => {
    if (isInOwnWords(refused)) return `${refused.code} in words of its own`;
    if (input.allowed.includes(refused.code as Allowed)) return null;
    const { is } = storedAs(input.request.body);
    const isDue = refused.code === "NOT_JSON" && is.kind === "not-json" && input.allowed.includes("taken");
    return isDue ? sameProblems(refused.problems, is.problems) : `${refused.status} ${refused.code}`;
  };

  const judgeAnswer = (input: Input, answer: Answer): string | null => {
    const read = readAnswered(answer, input.request);
    if (read.kind === "unreadable") return read.why;
    return read.kind === "taken" ? judgeTaken(input, answer.status, read) : judgeRefused(input, read);
  };

  return {
    leaving: ({ request, allowed }) => {
      if (!allowed.includes("taken")) return;
      const { id } = storedAs(request.body);
      sent.set(id, (sent.get(id) ?? 0) + 1);
    },
    judge: (input, outcome) => {
      if (outcome.kind === "hang") return "no answer in time";
      if (outcome.kind === "closed") return input.allowed.includes("closed") ? null : `no answer: ${outcome.why}`;
      return judgeAnswer(input, outcome.answer);
    },
    stored,
  };
}

function judgeFirst(status: number, taken: Extract<Read, { kind: "taken" }>, is: Classification): string | null {
  const due = is.kind === "message" ? "200 accepted" : "202 quarantined";
  if (`${status} ${taken.disposition}` !== due) return `${status} ${taken.disposition} in place of ${due}`;
  return is.kind === "message" ? null : sameProblems(taken.problems, is.problems);
}

/** A body that went out once is no duplicate of anything. */
function judgeDuplicate(status: number, times: number): string | null {
  if (status !== 200) return `${status} duplicate`;
  return times > 1 ? null : "duplicate of what was never sent";
}
