/** Why there was no answer; rows of the table of codes. */
export type Silence = "SUBSCRIBER_ADDRESS_FORBIDDEN" | "SUBSCRIBER_TIMEOUT" | "SUBSCRIBER_UNREACHABLE";

/** What a subscriber said: a status, and in how many milliseconds it wants to be asked again if it said so. */
export type Answer =
  | { kind: "answered"; httpStatus: number; retryAfterMs: number | null }
  | { kind: "silent"; code: Silence };
