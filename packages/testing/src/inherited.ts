import { tmpdir } from "node:os";
import { join } from "node:path";

/** Node keeps there what it made of the sources: a start then takes a third less of the processor, and tests start hundreds. */
export const COMPILE_CACHE = join(tmpdir(), "receiver-compile-cache");

/** What a process of a test gets of the test's own environment: nothing that configures it. */
export const inherited = () => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_COMPILE_CACHE: COMPILE_CACHE,
});
