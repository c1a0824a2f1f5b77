import { seededRandom } from "../seeded-random.ts";

/** Of a hundred questions, so many go wrong in each way, as drawn by the seed, the uuid and how often it was asked. */
export type ApiTroubles = {
  seed: string;
  /** Answered well, but after `slowMs`. */
  slowPercent: number;
  slowMs: number;
  /** 500, 502 or 503, without a hint. */
  errorPercent: number;
  /** 429, with `Retry-After`. */
  busyPercent: number;
  retryAfterSeconds: number;
  /** 200 with half an answer, with a page, or with the answer to nothing that was asked. */
  wrongJsonPercent: number;
};

export const noTroubles: ApiTroubles = {
  seed: "troubles",
  slowPercent: 0,
  slowMs: 2_000,
  errorPercent: 0,
  busyPercent: 0,
  retryAfterSeconds: 5,
  wrongJsonPercent: 0,
};

export type Trouble = { kind: "none" | "slow" } | { kind: "fails"; status: number; body: string; retryAfter?: number };

/** @throws RangeError when the shares exceed a hundred together */
export function checkShares({ slowPercent, errorPercent, busyPercent, wrongJsonPercent }: ApiTroubles): void {
  const shares = [slowPercent, errorPercent, busyPercent, wrongJsonPercent];
  if (shares.some((share) => !(share >= 0)) || shares.reduce((sum, share) => sum + share) > 100)
    throw new RangeError("the shares of troubles are percentages, and at most 100 together");
}

/** @param nth how often that file was asked about, this time included */
export function drawTrouble(troubles: ApiTroubles, fileUuid: string, nth: number): Trouble {
  const { seed, slowPercent: slow, errorPercent: error, busyPercent: busy, wrongJsonPercent: wrong } = troubles;
  const random = seededRandom("troubles", seed, fileUuid, nth);
  const kind = random.weighted({ slow, error, busy, wrong, none: 100 - slow - error - busy - wrong });
  if (kind === "error") return { kind: "fails", status: random.pick([500, 502, 503]), body: "<html>trouble</html>" };
  if (kind === "busy") return { kind: "fails", status: 429, body: "{}", retryAfter: troubles.retryAfterSeconds };
  if (kind === "wrong") return { kind: "fails", status: 200, body: random.pick(wrongBodies) };
  return { kind };
}

const wrongBodies = ['{"id":45607,"status":"VALI', "<html>sign in</html>", '{"message":"ok"}', "[]"] as const;
