export { type Dated, datedOf, datings } from "./dated.ts";
export { type Day, dayInAbidjan, daysUntil } from "./day.ts";
export {
  type ClientFileEvent,
  type DocumentSpace,
  EVENT_VERSION,
  type EventDocument,
  type EventSource,
  type EventVerification,
  type OperatorAct,
} from "./event.ts";
export { type ExpiryReading, noExpiry } from "./expiry.ts";
export { documentIdOf, extractEvent, lookUpEvent, registrationEvent } from "./extract-event.ts";
export { normaliseVerification } from "./normalise-verification.ts";
export { type OperatorsWord, operatorEvent } from "./operator-event.ts";
export { truncateToSecond } from "./truncate-to-second.ts";
