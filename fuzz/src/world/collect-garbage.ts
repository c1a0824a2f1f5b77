import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Loaded before an app of the run: what a process still holds shows only after a collection, and nobody can ask for one from outside.
// Left to itself, an idle worker collects so seldom that its heap says nothing for minutes.
const EVERY_MS = 5_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
setInterval(collect, EVERY_MS).unref();
