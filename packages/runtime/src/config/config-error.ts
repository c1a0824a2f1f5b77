import { ReceiverError } from "../errors/receiver-error.ts";

/** `rule` and `fix` are texts of the code: neither ever holds the value. */
export type ConfigProblem = { variable: string; rule: string; fix: string };

/** All that is wrong with the environment, together. */
export class ConfigError extends ReceiverError {
  override readonly name = "ConfigError";
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super("CONFIG_INVALID");
    this.problems = problems;
  }

  /** For people: one paragraph per variable, without its value. */
  describe(): string {
    const paragraphs = this.problems.map(({ variable, rule, fix }) => `  ${variable} ${rule}\n    → ${fix}`);
    return [`The configuration has ${count(this.problems.length, "problem")}:`, ...paragraphs].join("\n");
  }
}

const count = (number: number, thing: string) => `${number} ${thing}${number === 1 ? "" : "s"}`;
