import { getSystemErrorMap } from "node:util";

/** What may be said of a foreign error: the name of its class and a code of a closed set, never a text of its own. */
export type ErrorOrigin = { name: string; systemCode: string | null };

const CAUSES_FOLLOWED = 5;
const CLASS_NAME = /^[A-Za-z_$][\w$]{0,63}$/;
const NODE_CODE = /^ERR_[A-Z_]{1,60}$/;
/** Classes of SQLSTATE that Postgres uses (its manual, appendix A). */
const SQLSTATE = /^(?:\d[0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;

/** @returns null for nothing thrown; a thrown value that is no error has the name of its type. Never throws. */
export function originOf(thrown: unknown): ErrorOrigin | null {
  if (thrown === undefined || thrown === null) return null;
  try {
    return { name: classNameOf(thrown), systemCode: systemCodeOf(thrown, CAUSES_FOLLOWED) };
  } catch {
    return { name: "Unreadable", systemCode: null }; // a getter or a proxy that throws
  }
}

/** The class is code; an error's own `name` may be anything that its thrower put there. */
function classNameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const prototype: unknown = Object.getPrototypeOf(thrown);
  const name = prototype instanceof Error || prototype === Error.prototype ? prototype.constructor.name : "Error";
  return CLASS_NAME.test(name) ? name : "Error";
}

function systemCodeOf(thrown: unknown, depth: number): string | null {
  if (depth === 0 || !(thrown instanceof Error)) return null;
  const code: unknown = "code" in thrown ? thrown.code : null;
  if (typeof code === "string" && isSystemCode(code)) return code;
  return systemCodeOf(thrown.cause, depth - 1);
}

function isSystemCode(code: string): boolean {
  return NODE_CODE.test(code) || SQLSTATE.test(code) || systemErrorNames().has(code);
}

let names: Set<string> | undefined;

function systemErrorNames(): Set<string> {
  names ??= new Set([...getSystemErrorMap().values()].map(([name]) => name));
  return names;
}
