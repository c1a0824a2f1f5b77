import { clientFileStates, type Flag, type State } from "@receiver/contracts";
import { isDecided } from "./states.ts";

/** A file in one of these waits for word of Danaya's. */
export const openStates: readonly State[] = clientFileStates.filter((state) => !isDecided(state));

/** And so does a decided one with one of these: deliveries left it in doubt, and who vouches takes the doubt away. */
export const flagsOfDoubt: readonly Flag[] = ["conflict", "future-dated", "reopened", "unconfirmed"];
