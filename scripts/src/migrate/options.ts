import { Command } from "commander";

export type MigrateOptions = {
  /** Whether the roles are made, too. */
  roles: boolean;
  dryRun: boolean;
};

/** The command line of `npm run migrate`. What is wrong with it ends the process with code 1 and one sentence. */
export function parseOptions(argv: readonly string[]): MigrateOptions {
  const command = new Command("npm run migrate --")
    .description("Brings DATABASE_URL to this version's schema, once, before the apps of this version start.")
    .option("--roles", "then make the roles with the least rights, and grant them what this version needs")
    .option("--dry-run", "print the SQL of --roles, and change nothing")
    .addHelpText("after", help);
  const { roles = false, dryRun = false } = command.parse(argv).opts<Partial<MigrateOptions>>();
  if (dryRun && !roles) command.error("error: --dry-run is for --roles");
  return { roles, dryRun };
}

const help = `
--roles may be run again at any time, and has to be with every upgrade: a new table belongs to nobody but its owner. The roles
are groups without a login: receiver_ingress, receiver_worker (status, retry, reconciliation), receiver_notifier (notification-worker),
receiver_ops (ops, ask-again, replay). Make each app's user a member of one, or let this command:

  DATABASE_LOGINS   name:role:password of such users, comma-separated; an existing one gets the password and that role alone

DATABASE_URL is the owner's, who may create roles.`;
