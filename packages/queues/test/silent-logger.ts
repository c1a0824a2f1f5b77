import type { Logger } from "@receiver/runtime";

const silent = () => {};

export const silentLogger: Logger = {
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
  child: () => silentLogger,
};
