import { type DeliveryType, deliveryTypes } from "@receiver/contracts";

/** What may be logged of a type that a body claims for itself: an unknown one may be anybody's name in capitals. */
export const knownType = (claimed: string | null): DeliveryType | null =>
  deliveryTypes.find((type) => type === claimed) ?? null;
