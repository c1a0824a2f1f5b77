import { createHash } from "node:crypto";

/** 160 bits: as many as a git object id, and no two bodies meet by chance or by effort. */
const HEX_LENGTH = 40;

/**
 * The id of a delivery is derived from its bytes: the same bytes twice are one delivery, and whatever breaks ties by id
 * comes out the same in every order of arrival.
 *
 * @returns 40 hexadecimal characters.
 */
export function deliveryIdOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex").slice(0, HEX_LENGTH);
}
