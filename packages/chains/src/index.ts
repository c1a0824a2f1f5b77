export { checkChain } from "./check-chain.ts";
export { type Finding, findingOf } from "./finding.ts";
export {
  auditChain,
  type Chain,
  type ChainTable,
  chainNamed,
  type Head,
  type KnownHead,
  type Link,
  nameOfChain,
} from "./link.ts";
