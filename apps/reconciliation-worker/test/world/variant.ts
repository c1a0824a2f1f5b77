/** What of the product and of its customer a world is played with. */
export type Variant = {
  /** Whether the customer registers each upload, or none. */
  uploads: "registered" | "none";
  /** Whether there is an API to ask. Without one, decisions are released on webhooks alone. */
  api: boolean;
};

export const variants: readonly Variant[] = [
  { uploads: "registered", api: true },
  { uploads: "none", api: true },
  { uploads: "none", api: false },
];

export const nameOf = ({ uploads, api }: Variant): string =>
  `${api ? "with the API" : "without the API"}, ${uploads === "none" ? "no upload registered" : "uploads registered"}`;

/** Of a hundred questions. */
export const apiTroubles = { errorPercent: 5, busyPercent: 1, wrongJsonPercent: 1 };

/** In percent, as the world's disturbances are given. */
export const troubles = { dropPercent: 10, duplicatePercent: 10, disorderPercent: 20, forgedPercent: 1 };
