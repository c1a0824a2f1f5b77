import { Command, InvalidArgumentError } from "commander";

export type KeysCommands = {
  generate(version: string): void;
  printPublic(): Promise<void>;
  status(json: boolean): Promise<void>;
  rotate(): Promise<void>;
};

const VERSION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

/** The command line of `npm run keys`. */
export function keysCommand({ generate, printPublic, status, rotate }: KeysCommands, newVersion: string): Command {
  const command = new Command("npm run keys --")
    .description("The keys that bodies are encrypted with: making them, and changing them while everything runs.")
    .addHelpText("after", help);
  command
    .command("generate")
    .description("prints a new master key for MASTER_KEYS; it is kept nowhere else")
    .argument("[version]", "what sealed things remember it by", readVersion, newVersion)
    .action(generate);
  command
    .command("public")
    .description("prints what the ingress is to be given as SEALING_PUBLIC_KEY: of the first master key")
    .action(printPublic);
  command
    .command("status")
    .description("counts data keys per master key, and bodies by what they are sealed with")
    .option("--json", "for programs")
    .action(({ json }: { json?: true }) => status(json ?? false));
  command
    .command("rotate")
    .description("seals everything under the first master key; may be interrupted and run again, also under load")
    .action(rotate);
  return command;
}

function readVersion(text: string): string {
  if (VERSION.test(text)) return text;
  throw new InvalidArgumentError("Write 1 to 32 letters, digits, - or _.");
}

const help = `
Environment: MASTER_KEYS or MASTER_KEYS_FILE, and DATABASE_URL for status and rotate; without them, those of the running
npm start. docs/encryption.md says step by step how a key is changed.

status ends with 1 when something is sealed under a key that is not in MASTER_KEYS, or under a data key whose row is missing;
rotate likewise, when something can't be opened, too, and with 130 after Ctrl-C.`;
