/** What to tell the operator instead of a stack. */
export class CantServe extends Error {
  override readonly name = "CantServe";
}
