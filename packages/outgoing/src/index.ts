export type { Address, Resolve } from "./guarded-lookup.ts";
export {
  type Exchange,
  type Outgoing,
  type OutgoingOptions,
  type OutgoingRequest,
  openOutgoing,
} from "./open-outgoing.ts";
