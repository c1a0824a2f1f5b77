import { PROBLEM_TYPE, problemBody } from "../http/problem.ts";

const descriptions = {
  400: "The request breaks a rule: see errors",
  401: "No user, or a wrong password",
  403: "The user's role or the credential's scopes don't cover it, or the request comes from another site's page",
  404: "Nothing has this id",
  409: "What the code says stands in the way",
  410: "It was erased, for good",
  429: "Too many wrong passwords came in: wait for as long as Retry-After says",
  503: "Postgres or the queues are away: try again",
} as const;
type ProblemStatus = keyof typeof descriptions;

type ProblemResponse = { description: string; content: { [PROBLEM_TYPE]: { schema: typeof problemBody } } };

/** What a route may answer beside what it is asked for. */
export function problemResponses<Status extends ProblemStatus>(...statuses: Status[]): Record<Status, ProblemResponse> {
  const response = (status: Status): ProblemResponse => ({
    description: descriptions[status],
    content: { [PROBLEM_TYPE]: { schema: problemBody } },
  });
  return Object.fromEntries(statuses.map((status) => [status, response(status)])) as Record<Status, ProblemResponse>;
}

/** Of every route that reads. */
export const readProblems = problemResponses(401, 429, 503);
/** Of every route that changes something. */
export const changeProblems = problemResponses(400, 401, 403, 429, 503);
