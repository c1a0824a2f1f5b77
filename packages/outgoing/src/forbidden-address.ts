/** A connection that may not be made. It names neither host nor address: subscribers' URLs are not for logs. */
export class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";

  constructor() {
    super("the address is not public, and no network of OUTGOING_ALLOW holds it");
  }
}
